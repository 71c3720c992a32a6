"use strict";
(() => {
  const video = document.querySelector("video");
  const strip = document.querySelector(".strip");
  const playhead = document.querySelector(".playhead");
  const scenes = [...document.querySelectorAll("[data-start]")];
  const total = Number(strip.dataset.total);

  const seek = (scene) => {
    // A hair past the cut: the frame before it would belong to the scene before.
    video.currentTime = Number(scene.dataset.start) + 0.02;
    mark(video.currentTime);
  };

  const mark = (now) => {
    playhead.style.left = `${Math.min(100, (100 * now) / total)}%`;
    for (const scene of scenes) {
      const isCurrent = now >= Number(scene.dataset.start) && now < Number(scene.dataset.end);
      scene.classList.toggle("current", isCurrent);
      if (isCurrent) scene.setAttribute("aria-current", "true");
      else scene.removeAttribute("aria-current");
    }
  };

  for (const scene of scenes) {
    scene.addEventListener("click", (event) => {
      if (!event.target.closest("details") && getSelection().isCollapsed) seek(scene);
    });
  }
  video.addEventListener("timeupdate", () => mark(video.currentTime));
  video.addEventListener("seeking", () => mark(video.currentTime));

  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details:not(.record *)")) fold.open = true;
  });
})();
