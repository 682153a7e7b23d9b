package files

import (
	"bytes"
	"encoding/binary"
)

// The tags of a TIFF structure, which is what EXIF is, that matter here.
const (
	tagOrientation = 0x0112
	tagXMP         = 0x02bc
	tagIPTC        = 0x83bb
	tagExif        = 0x8769
	tagGPS         = 0x8825
)

// maxIFDs bounds how many directories of one structure are followed, which may point to each other
// in a circle.
const maxIFDs = 16

// tiff is a TIFF structure in memory.
type tiff struct {
	b    []byte
	at   binary.ByteOrder
	left int // directories that may still be followed
}

// scrubTIFF removes from a TIFF structure where its picture was taken, and all that is written
// in formats of their own, without changing its length. It returns the orientation, 1 to 8; 0:
// it says none. What is malformed stays as it is.
func scrubTIFF(b []byte) (orientation int) {
	t := tiff{b: b, left: maxIFDs}
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		t.at = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		t.at = binary.BigEndian
	default:
		return 0
	}
	if len(b) < 8 {
		return 0
	}
	return t.directory(int64(t.at.Uint32(b[4:])), true)
}

// directory scrubs one, those below it, and, of the first ones, those after it.
func (t *tiff) directory(offset int64, top bool) (orientation int) {
	for offset > 0 && t.left > 0 {
		t.left--
		entries, next := t.entries(offset)
		for e := entries; len(e) > 0; e = e[12:] {
			switch tag := t.at.Uint16(e); tag {
			case tagOrientation:
				if n := int(t.at.Uint16(e[8:])); orientation == 0 && n >= 1 && n <= 8 {
					orientation = n
				}
			case tagGPS:
				t.erase(int64(t.at.Uint32(e[8:])))
			case tagExif:
				t.directory(int64(t.at.Uint32(e[8:])), false)
			case tagXMP, tagIPTC:
				clear(t.value(e))
			}
		}
		if offset = next; !top {
			break
		}
	}
	return orientation
}

// entries returns the entries of the directory at the offset, 12 bytes each, and the offset of
// the next directory.
func (t *tiff) entries(offset int64) (entries []byte, next int64) {
	if offset < 0 || offset+2 > int64(len(t.b)) {
		return nil, 0
	}
	begin := offset + 2
	end := begin + 12*int64(t.at.Uint16(t.b[offset:]))
	if end > int64(len(t.b)) {
		end = begin + (int64(len(t.b))-begin)/12*12
	}
	if end+4 <= int64(len(t.b)) {
		next = int64(t.at.Uint32(t.b[end:]))
	}
	return t.b[begin:end], next
}

// erase empties a directory: the values of its entries, its entries, and how many there are.
func (t *tiff) erase(offset int64) {
	entries, _ := t.entries(offset)
	for e := entries; len(e) > 0; e = e[12:] {
		clear(t.value(e))
	}
	clear(entries)
	if offset >= 0 && offset+2 <= int64(len(t.b)) {
		clear(t.b[offset : offset+2])
	}
}

// sizes are those of the types of values, in bytes.
var sizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// value returns the bytes of an entry's value, as far as they are there.
func (t *tiff) value(e []byte) []byte {
	kind := int(t.at.Uint16(e[2:]))
	if kind >= len(sizes) {
		return nil
	}
	n := sizes[kind] * int64(t.at.Uint32(e[4:]))
	if n <= 4 {
		return e[8:12]
	}
	begin := int64(t.at.Uint32(e[8:]))
	if begin < 8 || begin >= int64(len(t.b)) {
		return nil
	}
	return t.b[begin:min(begin+n, int64(len(t.b)))]
}
