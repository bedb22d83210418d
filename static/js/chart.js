// Draws the numbers of each table with [data-chart] (a currency) into the figure before it, as bars of gross and net.
// Without it there is the table alone.
/* global uPlot */
const HEIGHT = 240;
const language = document.documentElement.lang;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** [seconds, gross, net], each a list; the rows are days, weeks or months, and begin at midnight. */
function read(table) {
  const rows = [...table.tBodies[0].rows];
  const amounts = (place) => rows.map((row) => Number(row.querySelectorAll("[data-amount]")[place].dataset.amount));
  return [rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000), amounts(0), amounts(4)];
}

function options(table, width, begins) {
  const money = new Intl.NumberFormat(language, { style: "currency", currency: table.dataset.chart });
  const round = new Intl.NumberFormat(language, { notation: "compact" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const short = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" });
  const half = (begins[1] - begins[0]) / 2; // so that no bar is cut at the sides
  const bars = (label, stroke, fill, size) => ({
    label, stroke, fill, width: 1, points: { show: false }, paths: uPlot.paths.bars({ size: [size, 60] }),
    value: (_, amount) => (amount == null ? "" : money.format(amount)),
  });
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width, height: HEIGHT, tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false }, y: false },
    hooks: { setLegend: [(plot) => plot.root.parentElement?.classList.toggle("at-rest", plot.cursor.idx == null)] },
    axes: [
      { ...axis, grid: { show: false }, space: 70, values: (_, all) => all.map((one) => short.format(one * 1000)) },
      { ...axis, size: 56, values: (_, all) => all.map((one) => round.format(one)) },
    ],
    scales: {
      x: { range: (_, first, last) => [first - half, last + half] },
      y: { range: (_, least, most) => [Math.min(0, least), Math.max(1, most) * 1.05] },
    },
    series: [
      { value: (_, seconds) => (seconds == null ? "" : day.format(seconds * 1000)), label: table.dataset.begins },
      bars(table.dataset.gross, colour("--quiet"), colour("--line"), 0.8),
      bars(table.dataset.net, colour("--accent"), colour("--accent"), 0.5),
    ],
  };
}

function draw(table) {
  const data = read(table);
  const figure = table.closest("section").querySelector(".chart");
  if (data[0].length < 2 || typeof uPlot === "undefined") return;
  figure.hidden = false;
  figure.classList.add("at-rest"); // no bar is pointed at, of which the legend would tell
  let plot;
  const again = () => {
    plot?.destroy();
    plot = new uPlot(options(table, figure.clientWidth, data[0]), data, figure);
  };
  again();
  new ResizeObserver(() => plot.setSize({ width: figure.clientWidth, height: HEIGHT })).observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

document.querySelectorAll("table[data-chart]").forEach(draw);
