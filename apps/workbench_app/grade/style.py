"""How the grading and results pages look; colours with a contrast of at least 4.5 to 1, light and dark."""

CSS = """
.grade-card, .grade-login, .results { max-width: 34rem; margin: 0 auto; font-size: 1rem;
  color: var(--body-text-color); }
.grade-card h1, .grade-login h1, .results h1 { font-size: 1.4rem; font-weight: 600; margin: 0 0 .3rem; }
.grade-about, .grade-keys { color: var(--body-text-color); font-size: .85rem; margin: 0 0 .5rem; }
.grade-message { min-height: 1.5em; margin: 0; font-weight: 600; }
.grade-message[role=alert] { color: #b91c1c; }
.dark .grade-message[role=alert] { color: #fca5a5; }
.grade-picture { display: block; width: min(100%, 20rem); height: auto; aspect-ratio: 1; margin: 0 auto .5rem;
  image-rendering: pixelated; background: #fff; border-radius: 6px; }
.grade-text { text-align: center; margin: 0 0 .4rem; font-size: 1.1rem; }
.grade-text span { font-size: .85rem; display: block; }
.grade-scale, .grade-parts { border: 0; margin: 0 0 .6rem; padding: 0; min-width: 0; }
.grade-scale legend, .grade-parts legend { font-weight: 600; padding: 0; margin-bottom: .2rem; }
.grade-choices { display: grid; grid-template-columns: repeat(5, 1fr); gap: .4rem; }
.grade-choices label { position: relative; display: block; cursor: pointer; }
.grade-choices input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: pointer; }
.grade-choices span { display: block; text-align: center; line-height: 2.75rem; font-size: 1.15rem; border-radius: 6px;
  border: 1px solid #71717a; background: var(--background-fill-primary); color: var(--body-text-color); }
.grade-choices input:hover + span { border-color: #4338ca; }
.grade-choices input:checked + span { background: #4338ca; border-color: #4338ca; color: #fff; font-weight: 700; }
.grade-choices input:focus-visible + span, .grade-card button:focus-visible { outline: 3px solid #f59e0b;
  outline-offset: 2px; }
.grade-buttons { display: flex; gap: .5rem; margin: .3rem 0 .5rem; }
.grade-card button, .grade-login button, .results button, .results a.download { min-height: 2.75rem;
  padding: .3rem .9rem; border-radius: 6px; border: 1px solid #71717a; background: var(--background-fill-primary);
  color: var(--body-text-color); font: inherit; cursor: pointer; }
.grade-card button.grade-save, .grade-login button.grade-save { flex: 1; background: #4338ca; border-color: #4338ca;
  color: #fff; font-weight: 600; }
.grade-card button:disabled { opacity: .5; cursor: default; }
.grade-progress { display: flex; align-items: center; gap: .6rem; margin: .2rem 0 .8rem; font-size: .9rem; }
.grade-progress progress { flex: 1; height: .6rem; appearance: none; border: 0; border-radius: 6px;
  overflow: hidden; background: #d4d4d8; }
.grade-progress progress::-webkit-progress-bar { background: #d4d4d8; }
.grade-progress progress::-webkit-progress-value { background: #4338ca; }
.grade-progress progress::-moz-progress-bar { background: #4338ca; }
.grade-parts button { margin: 0 .3rem .3rem 0; font-size: .9rem; }
.grade-parts button[aria-pressed=true] { background: #4338ca; border-color: #4338ca; color: #fff; }
.grade-mission-line button { font-size: .9rem; }
.grade-finished { font-size: 1.2rem; margin: 1rem 0; }
.grade-login label { display: block; margin: 0 0 .6rem; }
.grade-login input { display: block; width: 100%; min-height: 2.75rem; padding: .3rem .6rem; border-radius: 6px;
  border: 1px solid #71717a; background: var(--background-fill-primary); color: var(--body-text-color); }
.results { max-width: 52rem; }
.results ul { padding-left: 1.3rem; }
.results input[type=file]::file-selector-button { min-height: 2.25rem; padding: .2rem .8rem; margin-right: .6rem;
  border-radius: 6px; border: 1px solid #71717a; background: var(--background-fill-primary);
  color: var(--body-text-color); font: inherit; cursor: pointer; }
.results h2, .results caption { font-size: 1.1rem; font-weight: 600; text-align: left;
  margin: 1rem 0 .3rem; padding: 0; }
.results-table { overflow-x: auto; margin-bottom: 1rem; }
.results table { border-collapse: collapse; width: 100%; }
.results th, .results td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #a1a1aa;
  font-weight: 400; vertical-align: top; }
.results thead th { font-weight: 600; }
.results td { font-variant-numeric: tabular-nums; white-space: nowrap; }
.results svg { display: block; }
.results .axis { stroke: #a1a1aa; }
.results .range { stroke: #4338ca; stroke-width: 3; }
.results circle { fill: #4338ca; }
.dark .results .range { stroke: #a5b4fc; }
.dark .results circle { fill: #a5b4fc; }
.results-pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .8rem; padding: 0;
  list-style: none; }
.results-pictures img { image-rendering: pixelated; width: 96px; height: 96px; }
.results-example { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; padding: 0;
  list-style: none; margin: .5rem 0 1rem; }
.results-example li { display: flex; flex-direction: column; gap: .4rem; font-size: .9rem; }
.results-example img { image-rendering: pixelated; width: 100%; height: auto; border-radius: .7rem; }
.results-upload { margin: 1rem 0; }
.results-upload input { display: block; margin: .3rem 0 .5rem; max-width: 100%; font: inherit; }
.results .downloads { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
.results button, .results a.download { display: inline-flex; align-items: center; text-decoration: none; }
"""
