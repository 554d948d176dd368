// Elements with `data-theme-switch` change between light and dark. The choice is a cookie, so that the
// server writes it into the next page, which is never seen in the other.

export function followThemeSwitches(): void {
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element && target.closest("[data-theme-switch]"))) {
      return;
    }
    const { dataset } = document.documentElement;
    const isDark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = isDark ? "light" : "dark";
    document.cookie = `wirebird_theme=${dataset.theme};path=/;max-age=31536000;samesite=lax`;
  });
}
