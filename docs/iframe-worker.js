/*
 * A page that is opened as a file may start no worker, and the search of this site is one. Here a
 * hidden frame runs the worker's script, on the page's own thread; nothing is fetched from elsewhere.
 */
class IFrameWorker extends EventTarget {
  constructor(address) {
    super();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    (document.body ?? document.documentElement).append(frame);
    const inside = (this.inside = frame.contentWindow);
    // The worker calls these two as a worker would.
    inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
    inside.importScripts = (...scripts) =>
      scripts.reduce((before, script) => before.then(() => this.run(script)), Promise.resolve());
    this.ready = this.run(address);
  }

  /** Run a script in the frame. */
  run(address) {
    const script = this.inside.document.createElement("script");
    script.src = address;
    return new Promise((done, failed) => {
      script.onload = done;
      script.onerror = () => failed(new Error(`${address} cannot be read`));
      this.inside.document.body.append(script);
    });
  }

  /** Send the worker a message, once it is there. */
  postMessage(data) {
    this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
  }

  terminate() {
    this.inside.frameElement.remove();
  }
}

if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = IFrameWorker;
}
