// Questions that the tests put to an open report; evaluated there, never part of it.
globalThis.probe = {
  video: () => document.querySelector("video"),

  // Waits until the video knows its length.
  ready: () => new Promise((done) => (probe.video().readyState ? done() : (probe.video().onloadedmetadata = done))),

  // Does something and waits for the place in the video that it leads to.
  seeked: (action) =>
    new Promise((done) => {
      probe.video().addEventListener("seeked", () => done(probe.video().currentTime), { once: true });
      action();
    }),

  unfold: () => document.querySelectorAll("details").forEach((fold) => (fold.open = true)),

  // Counts elements and attributes that no report has.
  injected: () => {
    const alien = "iframe, object, embed, form, base, link, a, svg, template, plaintext";
    const live = [...document.querySelectorAll("*")].filter((element) =>
      [...element.attributes].some((attribute) => attribute.name.startsWith("on")),
    );
    return document.querySelectorAll(alien).length + live.length + document.scripts.length - 1;
  },

  cues: () =>
    new Promise((done) => {
      const track = document.querySelector("track");
      track.onload = () => done(track.track.cues.length);
      track.onerror = () => done(-1);
      track.track.mode = "hidden";
    }),

  // Lists visible texts that stand out from their ground by less than 4.5:1 (WCAG 2.2, 1.4.3).
  faint: () => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const luminance = (layers) => {
      for (const layer of ["#fff", ...layers]) {
        pen.fillStyle = layer;
        pen.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ratio = (element) => {
      const grounds = [];
      for (let place = element; place; place = place.parentElement)
        grounds.unshift(getComputedStyle(place).backgroundColor);
      const both = [luminance(grounds), luminance([...grounds, getComputedStyle(element).color])];
      return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.querySelectorAll("body *:not(.unseen, script)")]
      .filter((element) => holdsText(element) && element.checkVisibility() && ratio(element) < 4.5)
      .map((element) => `${element.tagName}.${element.className} ${ratio(element).toFixed(2)}`);
  },
};
