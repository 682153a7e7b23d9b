package files

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// png is at the beginning.
func (s *scrubbed) png() {
	if _, ok := s.take(8); ok {
		s.next = s.pngChunk
	}
}

// blanked is the type of a chunk that was emptied: a private one, which readers leave out.
const blanked = "blNk"

// pngChunk is at the beginning of a chunk.
func (s *scrubbed) pngChunk() {
	h, ok := s.take(8)
	n := int64(0)
	if ok {
		n = int64(binary.BigEndian.Uint32(h))
	}
	if !ok || n > 1<<31-1 {
		s.rest()
		return
	}
	s.next = s.pngChunk
	switch kind := string(h[4:]); {
	case kind == "IHDR" && n >= 13:
		if b, ok := s.take(13); ok {
			perPixel := int64(4)
			if b[8] == 16 { // bits of each color
				perPixel *= 2
			}
			if b[12] != 0 { // it comes in several passes
				perPixel *= 2
			}
			s.is(int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:])), perPixel)
		}
		s.pass = n - 13 + 4
	case kind == "eXIf" && n <= window:
		if b, ok := s.take(int(n)); ok {
			s.exif(b)
			s.sum(crc32.ChecksumIEEE(s.buf[4:]))
		}
	case kind == "eXIf", (kind == "iTXt" || kind == "zTXt" || kind == "tEXt") && s.tellsPlace(n):
		copy(h[4:], blanked)
		sum := crc32.ChecksumIEEE(s.buf[4:8])
		for left := n; left > 0; left -= int64(len(zeros)) {
			sum = crc32.Update(sum, crc32.IEEETable, zeros[:min(left, int64(len(zeros)))])
		}
		s.blank, s.next = n, func() { s.sum(sum); s.next = s.pngChunk }
	case kind == "IEND":
		s.pass, s.blank = n+4, -1
	default:
		s.pass = n + 4
	}
}

var zeros [4096]byte

// sum reads a chunk's checksum, and writes another one in its place.
func (s *scrubbed) sum(crc uint32) {
	if b, ok := s.take(4); ok {
		binary.BigEndian.PutUint32(b, crc)
	}
}

// places are the keywords of texts that programs write EXIF, IPTC and XMP into.
var places = [][]byte{[]byte("XML:com.adobe.xmp\x00"), []byte("Raw profile type ")}

// tellsPlace reports whether a chunk of text of n bytes, which follows, is one of those.
func (s *scrubbed) tellsPlace(n int64) bool {
	for _, p := range places {
		if int64(len(p)) <= n && bytes.HasPrefix(s.ahead(len(p)), p) {
			return true
		}
	}
	return false
}

// webp is at the beginning.
func (s *scrubbed) webp() {
	if _, ok := s.take(12); ok {
		s.next = s.webpChunk
	}
}

// webpChunk is at the beginning of a chunk.
func (s *scrubbed) webpChunk() {
	h, ok := s.take(8)
	if !ok {
		return
	}
	n := int64(binary.LittleEndian.Uint32(h[4:]))
	s.pass, s.next = n+n&1, s.webpChunk
	switch kind := string(h[:4]); {
	case kind == "VP8X" && n >= 10:
		if b, ok := s.take(10); ok {
			s.is(1+int(b[4])+int(b[5])<<8+int(b[6])<<16, 1+int(b[7])+int(b[8])<<8+int(b[9])<<16, 4)
		}
		s.pass -= 10
	case kind == "VP8 " && n >= 10:
		if b, ok := s.take(10); ok && b[3] == 0x9d && b[4] == 0x01 && b[5] == 0x2a {
			s.is(int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff), 4)
		}
		s.pass -= 10
	case kind == "VP8L" && n >= 5:
		if b, ok := s.take(5); ok && b[0] == 0x2f {
			bits := binary.LittleEndian.Uint32(b[1:])
			s.is(1+int(bits&0x3fff), 1+int(bits>>14&0x3fff), 4)
		}
		s.pass -= 5
	case kind == "EXIF" && n <= window:
		if b, ok := s.take(int(n)); ok {
			s.exif(b)
		}
		s.pass -= n
	case kind == "EXIF", kind == "XMP ":
		s.pass, s.blank = 0, n+n&1
	}
}

// gif is at the beginning.
func (s *scrubbed) gif() {
	if b, ok := s.take(10); ok {
		s.is(int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:])), 2)
	}
	s.rest()
}

// bmp is at the beginning.
func (s *scrubbed) bmp() {
	if b, ok := s.take(26); ok {
		height := int(int32(binary.LittleEndian.Uint32(b[22:]))) // negative if its first row is the topmost
		s.is(int(int32(binary.LittleEndian.Uint32(b[18:]))), max(height, -height), 4)
	}
	s.rest()
}

// boxes is at the beginning of a file of boxes, as AVIF and HEIC are. The first window has its
// sizes: those of its tiles, of a thumbnail, and the largest one, which is the picture's.
func (s *scrubbed) boxes() {
	width, height := 0, 0
	for b := s.ahead(window); ; {
		i := bytes.Index(b, []byte("ispe"))
		if i < 0 || len(b) < i+16 {
			break
		}
		w, h := binary.BigEndian.Uint32(b[i+8:]), binary.BigEndian.Uint32(b[i+12:])
		if uint64(w)*uint64(h) > uint64(width)*uint64(height) && w < 1<<24 && h < 1<<24 {
			width, height = int(w), int(h)
		}
		b = b[i+16:]
	}
	if b := s.ahead(window); boxTurned(b) {
		width, height = height, width
	}
	s.is(width, height, 4)
	s.next = s.search
}

// boxTurned reports whether a file of boxes has its picture turned by a quarter.
func boxTurned(b []byte) bool {
	i := bytes.Index(b, []byte("\x00\x00\x00\x09irot"))
	return i >= 0 && len(b) > i+8 && b[i+8]&1 == 1
}

// What begins a structure that may tell a place, in files that can't be read from the beginning
// to the end.
var (
	tiffLittle = []byte("II*\x00\x08\x00\x00\x00")
	tiffBig    = []byte("MM\x00*\x00\x00\x00\x08")
	xmpBegin   = []byte("<x:xmpmeta")
	xmpEnd     = []byte("</x:xmpmeta>")
)

// search looks for such structures in all that follows.
func (s *scrubbed) search() {
	b := s.ahead(len(xmpBegin))
	if len(b) < len(xmpBegin) {
		s.rest()
		return
	}
	first := len(b) - len(xmpBegin) + 1 // what begins later is looked at with what follows it
	for _, begin := range [][]byte{tiffLittle, tiffBig, xmpBegin} {
		if i := bytes.Index(b, begin); i >= 0 {
			first = min(first, i)
		}
	}
	s.next = s.search
	if first > 0 {
		s.pass = int64(first)
		return
	}
	// It is cleaned where it waits to be read, since another one may begin within it.
	found := s.ahead(window)
	found = found[:min(window, len(found))]
	if !bytes.HasPrefix(found, xmpBegin) {
		s.exif(found)
		s.pass = int64(len(tiffBig))
		return
	}
	s.pass = int64(len(xmpBegin))
	end := bytes.Index(found, xmpEnd)
	if end < 0 {
		end = len(found)
	}
	for i := len(xmpBegin); i < end; i++ {
		found[i] = ' '
	}
}
