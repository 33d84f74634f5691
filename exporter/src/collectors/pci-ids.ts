/** Names of PCI ids; an id is written as in the labels (`0x8086`), and stands for itself where it has no name. */
export interface PciNames {
  vendor(vendor: string): string;
  device(vendor: string, device: string): string;
  subsystem(vendor: string, device: string, subsystemVendor: string, subsystemDevice: string): string;
  /** Of a class of six digits: the name of the interface, else of the subclass, else of the class. */
  class(id: string): string;
}

/** Reads pci.ids (pciutils): vendors, below them by one tab devices, by two subsystems; classes likewise below lines `C id`. */
export function pciNames(text: string): PciNames {
  const names = readNames(text);
  const digits = (id: string) => id.replace(/^0x/, '');
  return {
    vendor: (vendor) => names.get(digits(vendor)) ?? vendor,
    device: (vendor, device) => names.get(`${digits(vendor)}:${digits(device)}`) ?? device,
    subsystem: (vendor, device, subsystemVendor, subsystemDevice) =>
      names.get(`${digits(vendor)}:${digits(device)}:${digits(subsystemVendor)} ${digits(subsystemDevice)}`) ?? subsystemDevice,
    class: (id) => {
      const [base, sub, face] = [digits(id).slice(0, 2), digits(id).slice(2, 4), digits(id).slice(4, 6)];
      return names.get(`C ${base}:${sub}:${face}`) ?? names.get(`C ${base}:${sub}`) ?? names.get(`C ${base}`) ?? id;
    },
  };
}

/** Keys are the ids on the way down, joined by colons. */
function readNames(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const above: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^(\t{0,2})((?:C )?[0-9a-f]+(?: [0-9a-f]{4})?) {2}(.+)$/.exec(line);
    if (match === null) continue;
    const depth = match[1].length;
    above.length = Math.min(above.length, depth);
    if (above.length < depth) continue;
    above.push(match[2]);
    names.set(above.join(':'), match[3].trim());
  }
  return names;
}
