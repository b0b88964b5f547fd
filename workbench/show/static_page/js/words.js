"use strict";
// What visitors read, in English and Traditional Chinese; the elements name their words in data-word and data-label.
const WORDS = {
  en: {
    title: "Faces by hair, eyes and seed", language: "中文", theme: "Light or dark", about: "About this page",
    controls: "Colours and seed", hair: "Hair", eyes: "Eyes", seed: "Seed", before: "Faces before", next: "Next faces",
    dice: "Other faces", variety: "Variety", wall: "Wall of faces", more: "More faces", chosen: "The chosen face",
    play: "Walk", pause: "Pause", way: "Place on the walk from face to face", save: "Save PNG", link: "Copy link",
    again: "Draw it with the command", copy: "Copy", close: "Close", random: "any",
    opening: "Opening the painter …", drawing: "Drawing: {done} of {all}", drawn: "{all} faces", copied: "Copied",
    saved: "Saved {name}", failed: "The painter does not work in this browser: {reason}",
    cut: "the file is not whole, load it anew",
    tags: "{hair} hair, {eyes} eyes", hair_only: "{hair} hair", facts: "seed {seed}", candidate: "latent {n} of {most}",
    tile: "{tags}, seed {seed}", walking: "from seed {from} to seed {to}", no_tags: "a face",
    unknown: "The link's {name} is not known here: {value}", between: "A face between two seeds has no command; end the walk at one.",
    about_text: "Every face is drawn on your own device by a small neural network that lies in this page. Nothing is loaded from elsewhere and nothing is sent. The same colours and seed draw the same face anywhere.",
    about_runtime: "The network runs on ONNX Runtime (onnxruntime-web, MIT licence, Microsoft Corporation). Its third-party notices lie beside this page.",
  },
  "zh-TW": {
    title: "依髮色、眼色與種子畫臉", language: "English", theme: "淺色或深色", about: "關於本頁",
    controls: "顏色與種子", hair: "頭髮", eyes: "眼睛", seed: "種子", before: "上一批臉孔", next: "下一批臉孔",
    dice: "換一批", variety: "變化", wall: "臉孔牆", more: "更多臉孔", chosen: "所選的臉",
    play: "漫步", pause: "暫停", way: "在臉與臉之間的位置", save: "儲存 PNG", link: "複製連結",
    again: "用指令畫出它", copy: "複製", close: "關閉", random: "隨機",
    opening: "正在開啟畫家……", drawing: "繪製中：{done} / {all}", drawn: "{all} 張臉", copied: "已複製",
    saved: "已儲存 {name}", failed: "此瀏覽器無法繪製：{reason}", cut: "檔案不完整，請重新載入",
    tags: "{hair}髮{eyes}眼", hair_only: "{hair}髮", facts: "種子 {seed}", candidate: "第 {n} 個潛在向量（最多 {most} 個）",
    tile: "{tags}，種子 {seed}", walking: "從種子 {from} 到種子 {to}", no_tags: "一張臉",
    unknown: "連結中的 {name} 無法辨識：{value}", between: "兩個種子之間的臉沒有指令；請停在其中一張臉上。",
    about_text: "每張臉都由本頁內的小型神經網路在你的裝置上畫出。不從別處載入任何東西，也不傳送任何東西。相同的顏色與種子在任何地方都畫出同一張臉。",
    about_runtime: "網路以 ONNX Runtime 執行（onnxruntime-web，MIT 授權，Microsoft Corporation）；其第三方聲明放在本頁旁邊。",
  },
};
const COLOUR_WORDS = {
  orange: "橘", white: "白", aqua: "水藍", gray: "灰", green: "綠", red: "紅", purple: "紫", pink: "粉紅", blue: "藍",
  black: "黑", brown: "棕", blonde: "金", yellow: "黃",
};
const SWATCHES = {
  orange: "#f28c28", white: "#fdfdfd", aqua: "#5fd9e0", gray: "#9a9aa2", green: "#4fae54", red: "#d6322f",
  purple: "#8a4fc0", pink: "#f48fb9", blue: "#3d6fd8", black: "#1f1c24", brown: "#84552f", blonde: "#f0d27a",
  yellow: "#f2d21b",
};

const Words = {
  language: "en",

  say(key, values = {}) {
    return WORDS[this.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  },

  colour(word) {
    return word === "random" ? this.say("random") : (this.language === "zh-TW" && COLOUR_WORDS[word]) || word;
  },

  // Such as "blue hair, red eyes", of indices.
  tags(recipe) {
    if (!ABOUT.reads_labels) return this.say("no_tags");
    return this.say("tags", { hair: this.colour(ABOUT.hair[recipe.hair]), eyes: this.colour(ABOUT.eyes[recipe.eyes]) });
  },

  speak(language) {
    this.language = language;
    document.documentElement.lang = language;
    document.title = this.say("title");
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.say(element.dataset.word);
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", this.say(element.dataset.label));
      if (element.matches("button")) element.title = this.say(element.dataset.label);
    }
    const other = document.getElementById("language");
    other.textContent = this.say("language");
    other.lang = language === "en" ? "zh-TW" : "en";
  },
};
