const DAY_SECONDS = 86_400;

/**
 * Unix time in RFC 3339 with microseconds, less the zeros at their end, in UTC: `2026-11-21T13:34:46.25Z`.
 * For times from 1970 on. By hand, because `Date` has milliseconds and is a clock, which the core has none of.
 */
export function formatTime(unixSeconds: number): string {
  const seconds = Math.floor(unixSeconds);
  const micros = Math.floor((unixSeconds - seconds) * 1e6 + 0.5);
  if (micros === 1e6) return formatTime(seconds + 1);
  const fraction = String(micros).padStart(6, "0").replace(/0+$/, "");
  const ofDay = seconds % DAY_SECONDS;
  const clock = [ofDay / 3600, (ofDay / 60) % 60, ofDay % 60].map((part) => twoDigits(Math.floor(part)));
  const time = clock.join(":") + (fraction === "" ? "" : `.${fraction}`);
  return `${formatDate((seconds - ofDay) / DAY_SECONDS)}T${time}Z`;
}

/** In years that begin with March, where a leap day is the last of a year, 153 days make five months. */
function formatDate(daysSince1970: number): string {
  const days = daysSince1970 + 719_468; // since the 1st of March of the year 0
  const era = Math.floor(days / 146_097); // 400 years
  const ofEra = days % 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153); // 0 is March
  const day = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const civilMonth = month < 10 ? month + 3 : month - 9;
  const civilYear = year + era * 400 + (civilMonth <= 2 ? 1 : 0);
  return `${String(civilYear).padStart(4, "0")}-${twoDigits(civilMonth)}-${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
