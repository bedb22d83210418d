// What a card number, an expiry date and a security code look like, and what is wrong with one, in the buyer's words.
// Pure functions: no page.

const BRANDS = [
  ["amex", /^3[47]/, [4, 6, 5], 4],
  ["diners", /^3[0689]/, [4, 6, 4], 3],
  ["visa", /^4/, [4, 4, 4, 4], 3],
  ["mastercard", /^(5[1-5]|2[2-7])/, [4, 4, 4, 4], 3],
  ["discover", /^6/, [4, 4, 4, 4], 3],
  ["jcb", /^35/, [4, 4, 4, 4], 3],
];
const UNKNOWN = ["unknown", /^/, [4, 4, 4, 4], 3];

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export const digits = (text) => text.replace(/\D/g, "");

export function brandOf(number) {
  const [name, , groups, cvcLength] = BRANDS.find(([, pattern]) => pattern.test(number)) ?? UNKNOWN;
  return { name, groups, length: sum(groups), cvcLength };
}

/** "424242" -> "4242 42", as it is printed on the card. */
export function formatNumber(text) {
  const number = digits(text);
  const { groups, length } = brandOf(number);
  const parts = [];
  let start = 0;
  for (const size of groups) {
    parts.push(number.slice(start, start + size));
    start += size;
  }
  return parts.filter(Boolean).join(" ").slice(0, length + groups.length - 1);
}

/** "1230" -> "12 / 30"; `deleting` leaves the slash away while the month is being taken back. */
export function formatExpiry(text, deleting = false) {
  const filled = digits(text).match(/^(\d\d)20(\d\d)$/); // browsers fill in "12/2030"
  let typed = filled ? filled[1] + filled[2] : digits(text).slice(0, 4);
  if (/^[2-9]/.test(typed)) typed = `0${typed}`.slice(0, 4);
  if (typed.length < 2 || (typed.length === 2 && deleting)) return typed;
  return `${typed.slice(0, 2)} / ${typed.slice(2)}`;
}

export function expiryOf(text) {
  const typed = digits(text);
  return { month: Number(typed.slice(0, 2)), year: 2000 + Number(typed.slice(2, 4)) };
}

export function passesLuhn(number) {
  return sum([...number].reverse().map((digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return value > 9 ? value - 9 : value;
  })) % 10 === 0;
}

const problem = (code, message) => ({ type: "validation_error", code, message });

export function numberProblem(text) {
  const number = digits(text);
  if (!number) return problem("incomplete_number", "Enter your card number.");
  if (number.length < brandOf(number).length) return problem("incomplete_number", "Your card number is incomplete.");
  if (!passesLuhn(number)) return problem("invalid_number", "Your card number is not valid. Check it for a typing error.");
  return null;
}

export function expiryProblem(text, today = new Date()) {
  if (digits(text).length < 4) return problem("incomplete_expiry", "Enter the date on your card, month and year.");
  const { month, year } = expiryOf(text);
  if (month < 1 || month > 12) return problem("invalid_expiry_month", "The month is a number from 01 to 12.");
  if (year < today.getFullYear() || (year === today.getFullYear() && month < today.getMonth() + 1)) {
    return problem("invalid_expiry_year_past", "Your card's date is in the past.");
  }
  if (year > today.getFullYear() + 50) return problem("invalid_expiry_year", "Your card's year is not valid.");
  return null;
}

export function cvcProblem(text, number) {
  const { cvcLength } = brandOf(digits(number));
  return digits(text).length === cvcLength ? null
    : problem("incomplete_cvc", `Enter your card's security code, ${cvcLength} digits.`);
}
