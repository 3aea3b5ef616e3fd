const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})

/** The checksum of zip, gzip and PNG (CRC-32, reflected polynomial 0xEDB88320), as 8 hexadecimal digits. */
export function crc32(bytes: Uint8Array): string {
  let rest = -1
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ table[(rest ^ bytes[i]!) & 255]!
  return (~rest >>> 0).toString(16).padStart(8, '0')
}
