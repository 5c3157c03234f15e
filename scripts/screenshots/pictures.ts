import sharp from 'sharp';

interface Scene {
  sky: [string, string];
  sun: string;
  hills: [string, string, string];
}

const SCENES = {
  morning: {
    sky: ['#fbd3a2', '#8fb8de'],
    sun: '#fff3d6',
    hills: ['#7a93b8', '#4f6d94', '#2d4a63'],
  },
  evening: {
    sky: ['#f7797d', '#4b3f72'],
    sun: '#ffe29a',
    hills: ['#6f4a7e', '#4b3163', '#2a1d3f'],
  },
  forest: { sky: ['#d7efe0', '#7fc3b6'], sun: '#ffffff', hills: ['#5fa08a', '#3b7a63', '#1f5243'] },
} satisfies Record<string, Scene>;

/** A landscape drawn from a few curves, as a JPEG. */
export function landscape(name: keyof typeof SCENES): Promise<Buffer> {
  const { sky, sun, hills } = SCENES[name];
  const paths = [
    'M0 620 Q 300 380 620 560 T 1200 430 T 1600 560 V1200 H0Z',
    'M0 780 Q 260 560 640 720 T 1220 600 T 1600 740 V1200 H0Z',
    'M0 960 Q 380 760 760 900 T 1600 860 V1200 H0Z',
  ];
  const drawn = paths.map((path, at) => `<path d="${path}" fill="${hills[at] ?? ''}"/>`);
  return jpeg(`<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200">
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="${sky[1]}"/><stop offset="1" stop-color="${sky[0]}"/></linearGradient>
    <rect width="1600" height="1200" fill="url(#sky)"/><circle cx="1130" cy="330" r="90" fill="${sun}"/>${drawn.join('')}</svg>`);
}

/** A face of two shapes in a user's colour, as a JPEG. */
export function face(colour: string, hair: string): Promise<Buffer> {
  return jpeg(`<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">
    <rect width="512" height="512" fill="${colour}"/>
    <path d="M96 512c0-110 70-170 160-170s160 60 160 170z" fill="#ffffff" opacity=".9"/>
    <circle cx="256" cy="220" r="92" fill="#f1c9a5"/>
    <path d="M156 232c-14-92 40-142 100-142s116 48 100 142c-8-58-40-76-100-76s-92 18-100 76z" fill="${hair}"/></svg>`);
}

const jpeg = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
