// The times of a page (<time datetime title>) as they are where it is read. Without it they are in the shop's zone, by its name.
const here = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });

for (const time of document.querySelectorAll("time[title]")) time.textContent = here.format(new Date(time.dateTime));
