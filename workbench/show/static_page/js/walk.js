"use strict";
// A walk through the wall's faces, round and round: the latent on the arc between two, the colours mixed evenly.
class Walk {
  static SECONDS = 2.2; // from face to face

  // ask({frame, from, to, t}): draw that. stops(): the picked recipes of the wall. arrived(index): the nearest face.
  constructor(ask, stops, arrived) {
    Object.assign(this, { ask, stops, arrived, place: 0, playing: false, frame: 0, waits: false, legs: [] });
    this.slider = document.getElementById("way");
    this.button = document.getElementById("play");
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.go(Number(this.slider.value));
    });
  }

  // The wall has so many faces now, and this one is chosen.
  reset(count, place) {
    this.frame++; // what is still on its way counts no more
    this.waits = false;
    this.slider.max = count;
    this.place = place;
    this.slider.value = place;
  }

  play() {
    this.playing = true;
    this.label();
    let before = performance.now();
    const step = (now) => {
      if (!this.playing) return;
      if (!this.waits) {
        const count = this.stops().length;
        const passed = Math.min(Math.max(now - before, 0), 250); // a frame's time may lie before the press of the button
        if (count > 1) this.go((this.place + passed / 1000 / Walk.SECONDS) % count);
        before = now;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  pause() {
    this.playing = false;
    this.label();
  }

  // Draw the face at this place: whole numbers are the wall's faces.
  go(place) {
    const stops = this.stops(), from = Math.floor(place), t = place - from;
    this.place = place;
    this.slider.value = place;
    if (stops.length < 2) return;
    const leg = { from: stops[from % stops.length], to: stops[(from + 1) % stops.length], t };
    this.arrived((t < 0.5 ? from : from + 1) % stops.length);
    this.legs = [{ ...leg, frame: ++this.frame }];
    this.waits = true;
    this.ask(this.legs[0]);
  }

  // A frame came back: the wish that it answers, or null where a newer one is on its way.
  came(frame) {
    if (frame !== this.frame) return null;
    this.waits = false;
    return this.legs[0];
  }

  label() {
    this.button.setAttribute("aria-pressed", this.playing);
    this.button.querySelector("span").dataset.word = this.playing ? "pause" : "play";
    this.button.querySelector("span").textContent = Words.say(this.playing ? "pause" : "play");
  }
}
