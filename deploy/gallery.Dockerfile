# The examples alone, for the public: in production mode, with what visitors share and what their pages
# hold in a volume, and bounds on what one of them may ask. Built from a checkout:
#
#     docker build -f deploy/gallery.Dockerfile -t gallery .
#     docker run --init --restart unless-stopped -p 8000:8000 -v gallery:/data \
#         -e WIREBIRD_SECRET_KEY=... -e GALLERY_KILL_EVERY=60 gallery
#
# GALLERY_KILL_EVERY lets visitors kill a server that is so many seconds old; Docker starts another one.
# Leave it out, and nobody may. Proxies are believed that have a private address; a public one is bounded.

FROM python:3.14-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm
WORKDIR /src
COPY . .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt -r requirements/dev.txt \
    && /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .
RUN cd examples && npm ci --ignore-scripts --no-audit --no-fund
RUN /venv/bin/python -m compileall -q examples && mkdir /data

FROM python:3.14-slim
COPY --from=build /venv /venv
COPY --from=build /src/examples /app/examples
COPY --from=build --chown=65534:65534 /data /data
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    WIREBIRD_STORE=sqlite:////data/states.db \
    GALLERY_FOLDER=/data
USER 65534
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/_wirebird/health', timeout=2)"]
CMD ["wirebird", "run", "examples.gallery:app", "--host", "0.0.0.0", "--port", "8000", \
    "--forwarded-allow-ips", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7", "--connections-per-peer", "50"]
