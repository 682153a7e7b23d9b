package files

import (
	"bytes"
	"encoding/binary"
)

// The markers of JPEG that matter here.
const (
	jpegProgressive = 0xc2
	jpegBegin       = 0xd8
	jpegEnd         = 0xd9
	jpegScan        = 0xda
	jpegExif        = 0xe1 // and XMP
	jpegIPTC        = 0xed
	jpegRestart0    = 0xd0
	jpegRestart7    = 0xd7
)

// jpeg is at a marker.
func (s *scrubbed) jpeg() {
	m, ok := s.take(2)
	for ok && m[0] == 0xff && m[len(m)-1] == 0xff { // may be filled up
		m, ok = s.take(1)
		m = s.buf[len(s.buf)-1-len(m):]
	}
	if !ok || len(m) < 2 || m[0] != 0xff {
		s.rest()
		return
	}
	marker := m[1]
	switch {
	case marker == jpegEnd:
		s.next = s.behindJPEG
		return
	case marker == jpegBegin, marker == 0x01, marker >= jpegRestart0 && marker <= jpegRestart7:
		s.next = s.jpeg
		return
	}
	l, ok := s.take(2)
	if !ok || binary.BigEndian.Uint16(l) < 2 {
		s.rest()
		return
	}
	s.segment(marker, int(binary.BigEndian.Uint16(l))-2)
}

// segment is within one of n bytes.
func (s *scrubbed) segment(marker byte, n int) {
	s.next = s.jpeg
	ok := true
	switch {
	case marker == jpegExif:
		var b []byte
		b, ok = s.take(n)
		if name, _, isXMP := bytes.Cut(b, []byte{0}); isXMP && bytes.HasPrefix(name, []byte("http://ns.adobe.com/")) {
			clear(b[len(name):])
		} else {
			s.exif(b)
		}
	case marker == jpegIPTC:
		var b []byte
		b, ok = s.take(n)
		clear(b)
	case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && n >= 5:
		var b []byte
		if b, ok = s.take(5); ok {
			perPixel := int64(3)
			if marker == jpegProgressive { // the coefficients are kept
				perPixel = 15
			}
			s.is(int(binary.BigEndian.Uint16(b[3:])), int(binary.BigEndian.Uint16(b[1:])), perPixel)
		}
		s.pass = int64(n - 5)
	case marker == jpegScan:
		s.pass, s.next = int64(n), s.scan
	default:
		s.pass = int64(n)
	}
	if !ok {
		s.next = nil
	}
}

// scan is within the data of a scan, which ends at a marker.
func (s *scrubbed) scan() {
	b := s.ahead(2)
	if len(b) < 2 {
		s.rest()
		return
	}
	n := 0
	for {
		i := bytes.IndexByte(b[n:], 0xff)
		if i < 0 {
			n, s.next = len(b), s.scan
			break
		}
		n += i
		if n+1 == len(b) { // what it is comes next
			s.next = s.scan
			break
		}
		if m := b[n+1]; m != 0 && (m < jpegRestart0 || m > jpegRestart7) && m != 0xff {
			s.next = s.jpeg
			break
		}
		n++
	}
	s.pass = int64(n)
}

// behindJPEG is behind the end of a picture. Another one may follow, as in those with a preview;
// nothing else that does is one's to show, and a film that moves has a place of its own.
func (s *scrubbed) behindJPEG() {
	b := s.ahead(3)
	if len(b) < 3 {
		s.blank = -1
		return
	}
	begin := []byte{0xff, jpegBegin, 0xff}
	switch i := bytes.Index(b, begin); {
	case i == 0:
		s.next = s.jpeg
	case i > 0:
		s.blank, s.next = int64(i), s.behindJPEG
	default:
		s.blank, s.next = int64(len(b)-2), s.behindJPEG
	}
}
