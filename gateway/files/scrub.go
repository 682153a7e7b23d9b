package files

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const (
	// MaxPixels is how many pixels a picture must stay below: to show one with more, a browser
	// and a thumbnail's maker take some hundred megabytes.
	MaxPixels = 40_000_000
	// window is how much of a file is looked at together, and what a part of it that has a place
	// in it may have at most to be cleaned instead of emptied.
	window = 64 << 10
)

// errTooManyPixels is what reading a scrubbed picture ends with that has too many.
var errTooManyPixels = errors.New("a picture of too many pixels")

// scrubbed reads a file as it is stored: without the place where a picture was taken, and without
// what is written behind a picture's end. Its length stays. It is read once, holds a window of
// the file and no more, and knows the picture's size once all is read.
type scrubbed struct {
	src   *bufio.Reader // of a buffer of at least window bytes
	out   []byte        // to be given out first
	pass  int64         // bytes that follow as they are; all if it is negative
	blank int64         // bytes that follow as zeros, after those; all if it is negative
	next  func()        // decides what follows; nil: nothing does

	picture
	failed error
	buf    []byte // behind out
}

// picture is what is found out about one while it is read.
type picture struct {
	width, height int   // as they are stored, of the first one of the file; 0: not known
	orientation   int   // 1 to 8, of the first one; 0: none
	turns         bool  // by its orientation, where it is shown
	pixels        int64 // of the largest one
	perPixel      int64 // bytes that decoding takes for each
}

// turn is how it has to be turned to be shown: 1 to 8, or 0.
func (p *picture) turn() int {
	if p.turns {
		return p.orientation
	}
	return 0
}

// size is the picture's as it is shown.
func (p *picture) size() (width, height int) {
	if p.turn() >= 5 {
		return p.height, p.width
	}
	return p.width, p.height
}

// scrub returns the file of that media type, scrubbed. src has a buffer of at least window bytes.
func scrub(src *bufio.Reader, mediaType string) *scrubbed {
	s := &scrubbed{src: src}
	switch mediaType {
	case "image/jpeg":
		s.next, s.turns = s.jpeg, true
	case "image/png", "image/vnd.mozilla.apng":
		s.next = s.png
	case "image/webp":
		s.next, s.turns = s.webp, true
	case "image/gif":
		s.next = s.gif
	case "image/bmp":
		s.next = s.bmp
	case "image/avif", "image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence":
		s.next = s.boxes
	case "image/tiff", "image/jxl":
		s.next = s.search
	default:
		s.next = s.rest
	}
	return s
}

// Read fills p, unless the file ends before that.
func (s *scrubbed) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = s.read(p[n:])
		n += m
	}
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil // the next one says so
	}
	return n, err
}

func (s *scrubbed) read(p []byte) (n int, err error) {
	switch {
	case s.failed != nil:
		return 0, s.failed
	case len(s.out) > 0:
		n = copy(p, s.out)
		s.out = s.out[n:]
	case s.pass != 0:
		n, err = s.src.Read(bounded(p, s.pass))
		s.pass -= min(int64(n), max(s.pass, 0))
	case s.blank != 0:
		n, err = s.src.Read(bounded(p, s.blank))
		clear(p[:n])
		s.blank -= min(int64(n), max(s.blank, 0))
	case s.next != nil:
		next := s.next
		s.next, s.buf = nil, s.buf[:0]
		next()
		s.out = s.buf
	default:
		n, err = s.src.Read(p)
	}
	return n, err
}

func bounded(p []byte, n int64) []byte {
	if n > 0 && n < int64(len(p)) {
		return p[:n]
	}
	return p
}

// take reads n bytes, which are given out as they are when the step ends. ok is false if the file
// ends before them, or can't be read: what there is of them is given out.
func (s *scrubbed) take(n int) (b []byte, ok bool) {
	begin := len(s.buf)
	s.buf = append(s.buf, make([]byte, n)...)
	m, err := io.ReadFull(s.src, s.buf[begin:])
	s.buf = s.buf[:begin+m]
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.failed = err
	}
	return s.buf[begin:], err == nil
}

// rest leaves all that follows as it is.
func (s *scrubbed) rest() { s.pass = -1 }

// is records the size of a picture, and how many bytes decoding takes for each pixel. The file's
// size is that of the first one.
func (s *scrubbed) is(width, height int, perPixel int64) {
	if width <= 0 || height <= 0 {
		return
	}
	if s.width == 0 {
		s.width, s.height = width, height
	}
	s.pixels, s.perPixel = max(s.pixels, int64(width)*int64(height)), max(s.perPixel, perPixel)
	if s.pixels >= MaxPixels {
		s.failed = errTooManyPixels
	}
}

// exif scrubs a TIFF structure of the picture.
func (s *scrubbed) exif(b []byte) {
	if n := scrubTIFF(bytes.TrimPrefix(b, []byte("Exif\x00\x00"))); s.orientation == 0 {
		s.orientation = n
	}
}

// ahead returns what follows, at least n bytes if there are as many, without reading it.
func (s *scrubbed) ahead(n int) []byte {
	b, err := s.src.Peek(n)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			s.failed = err
		}
		return b
	}
	b, _ = s.src.Peek(s.src.Buffered())
	return b
}
