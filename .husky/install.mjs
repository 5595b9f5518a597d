// Run by the script `prepare` after `npm install`: has git call the hooks in this folder. CI and production get none;
// HUSKY=0 declines them.
if (!process.env.CI && process.env.NODE_ENV !== 'production') {
  const { default: install } = await import('husky');
  const hindrance = install();
  if (hindrance !== '') console.log(`No git hooks installed: ${hindrance}`);
}
