// Runs before the first paint, so that an explicit choice of the theme does not flash.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
} catch {
  // Storage is switched off: the theme is the system's.
}
