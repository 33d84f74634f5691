import { expect, test } from 'vitest';
import { drawn, said } from './badScenes.ts';
import { describeOnGrafana } from './onGrafana.ts';

describeOnGrafana('bad input', (stage) => {
  test.each(said)('%s: the panel says why it draws nothing', async (_name, scene, wanted) => {
    await stage().show(scene);
    expect(await stage().page.getByTestId('forecast-message').innerText()).toMatch(wanted);
  });

  test.each(drawn)('%s: the panel draws what can be drawn and tells what it mended', async (_name, scene, wanted) => {
    const { page, show } = stage();
    await show(scene);
    expect(await page.getByTestId('forecast-message').count()).toBe(0);
    const remarks = page.getByTestId('forecast-remarks');
    expect((await remarks.count()) === 0 ? '' : await remarks.getAttribute('title')).toMatch(wanted);
    const inked = await page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const colors = new Set<number>();
      for (let index = 0; index < data.length; index += 4)
        colors.add(((data[index] ?? 0) << 16) | ((data[index + 1] ?? 0) << 8) | (data[index + 2] ?? 0));
      return colors.size;
    });
    expect(inked).toBeGreaterThan(10);
  });
});
