// CodeMirror, with its own protocol for many writers: changes that were made meanwhile are fitted in.

import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from "@codemirror/collab";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { ChangeSet, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { Others, carets } from "./carets.js";

const PAUSE = 100; // between two positions, in milliseconds
const MOST = 100; // changes at once

export const Editor = {
  mounted() {
    const written = this.el.querySelector("pre");
    const most = Number(this.el.dataset.most);
    this.editor = new EditorView({
      parent: this.el,
      doc: written.textContent,
      extensions: [
        collab({ startVersion: Number(written.dataset.version) }),
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        carets,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Text" }),
        EditorView.cspNonce.of(document.querySelector("script[nonce]")?.nonce ?? ""),
        EditorState.changeFilter.of(({ newDoc }) => newDoc.length < most),
        EditorView.updateListener.of((update) => this.follow(update)),
      ],
    });
    written.remove();
    this.handleEvent("changed", () => this.sync());
    this.updated();
    this.sync();
  },

  updated() {
    this.editor.dispatch({ effects: Others.of(JSON.parse(this.el.dataset.others)) });
  },

  reconnected() {
    this.sync();
  },

  destroyed() {
    clearTimeout(this.timer);
    this.editor.destroy();
  },

  follow({ docChanged, selectionSet, state }) {
    if (docChanged) this.sync();
    if (docChanged || selectionSet) {
      clearTimeout(this.timer);
      const at = state.selection.main.head;
      this.timer = setTimeout(() => this.pushEvent("point", { at }).catch(() => {}), PAUSE);
    }
  },

  // One answer at a time is awaited: what is written meanwhile goes with the next one.
  async sync() {
    this.isBehind = true;
    if (this.isSyncing) return;
    this.isSyncing = true;
    try {
      while (this.isBehind) {
        this.isBehind = false;
        const version = getSyncedVersion(this.editor.state);
        const changes = sendableUpdates(this.editor.state)
          .slice(0, MOST)
          .map(({ clientID, changes }) => ({ client: clientID, parts: changes.toJSON() }));
        const answer = await this.pushEvent("sync", { version, changes });
        if (answer.error) return location.reload();
        const updates = answer.changes.map(({ client, parts }) => ({
          clientID: client,
          changes: ChangeSet.fromJSON(parts),
        }));
        this.editor.dispatch(receiveUpdates(this.editor.state, updates));
        this.isBehind ||= sendableUpdates(this.editor.state).length > 0;
      }
    } catch {
      // The line is lost; when it is back, so are the changes.
    } finally {
      this.isSyncing = false;
    }
  },
};
