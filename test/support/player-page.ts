/** A page that shows files and tells what became of them. */
export const PLAYER_PAGE = `<!doctype html><meta charset="utf-8"><title>Player</title>
<script>
const heard = (element, name) => new Promise((resolve, reject) => {
  element.addEventListener(name, resolve, { once: true });
  element.addEventListener('error', () => reject(new Error(name + ': ' + (element.error?.message ?? 'error'))), { once: true });
});
const past = async (element, time) => {
  while (element.currentTime <= time) await heard(element, 'timeupdate');
};
/** Plays from the last third, then from the first. */
window.play = async (tag, url) => {
  const element = document.body.appendChild(document.createElement(tag));
  const ready = heard(element, 'loadedmetadata');
  element.src = url;
  await ready;
  const { duration } = element;
  for (const at of [duration * 0.66, duration * 0.33]) {
    const sought = heard(element, 'seeked');
    element.currentTime = at;
    await sought;
    await element.play();
    await past(element, at + 0.1);
    element.pause();
  }
  return { duration, width: element.videoWidth ?? 0, seekable: element.seekable.end(0) };
};
/** Its size, and the colour at the middle of its left side. */
window.show = async (url) => {
  const image = document.body.appendChild(new Image());
  const loaded = heard(image, 'load');
  image.src = url;
  await loaded;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [100, 100];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, 100, 100);
  const [red, green, blue] = context.getImageData(5, 50, 1, 1).data;
  return { width: image.naturalWidth, height: image.naturalHeight, left: { red, green, blue } };
};
</script><body>`;
