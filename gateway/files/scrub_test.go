package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"
	"testing/iotest"

	"golang.org/x/image/bmp"
)

// where is what stands for the place in the files of these tests.
var where = []byte("52.520008N,13.404954E")

// exifOf is EXIF with an orientation and a place.
func exifOf(order binary.AppendByteOrder, orientation uint16) []byte {
	begin := "II*\x00"
	if order == binary.BigEndian {
		begin = "MM\x00*"
	}
	b := order.AppendUint32([]byte(begin), 8)
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(order.AppendUint16(b, tag), kind)
		b = order.AppendUint32(b, count)
		if kind == 3 { // a short stands at the beginning
			b = order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	b = order.AppendUint16(b, 2)
	entry(tagOrientation, 3, 1, uint32(orientation))
	entry(tagGPS, 4, 1, 38)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1) // at 38
	entry(2, 2, uint32(len(where)), 56)
	b = order.AppendUint32(b, 0)
	return append(b, where...) // at 56
}

// xmp is XMP with a place.
func xmp() []byte {
	return append(append([]byte("<x:xmpmeta xmlns:x='adobe:ns:meta/'>"), where...), "</x:xmpmeta>"...)
}

func jpegOf(t *testing.T, width, height int, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	out := append([]byte{}, plain[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, plain[2:]...)
}

func segment(marker byte, name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(name)+len(data)))
	return append(append(b, name...), data...)
}

func chunk(kind string, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func pngOf(t *testing.T, width, height int, chunks ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{}, b.Bytes()[:8+25]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, b.Bytes()[8+25:]...)
}

func riff(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func webpChunkOf(kind string, data []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data))), data...)
	return append(b, make([]byte, len(data)%2)...)
}

// scrubbedOf reads all of a file that comes in pieces.
func scrubbedOf(data []byte, mediaType string, pieces func(io.Reader) io.Reader) (out []byte, s *scrubbed, err error) {
	s = scrub(bufio.NewReaderSize(pieces(bytes.NewReader(data)), window), mediaType)
	out, err = io.ReadAll(s)
	return out, s, err
}

func whole(r io.Reader) io.Reader { return r }

func TestThePlaceIsRemovedAndThePictureStays(t *testing.T) {
	var g, b bytes.Buffer
	if err := gif.Encode(&g, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	if err := bmp.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	vp8x := webpChunkOf("VP8X", []byte{0x0c, 0, 0, 0, 29, 0, 0, 19, 0, 0})
	preview := jpegOf(t, 8, 8, segment(0xe1, "Exif\x00\x00", exifOf(binary.BigEndian, 1)))
	box := append([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x14\x00\x00\x00\x09irot\x01"), exifOf(binary.LittleEndian, 6)...)
	for name, c := range map[string]struct {
		mediaType     string
		data          []byte
		width, height int
		decode        func(io.Reader) (image.Image, error)
	}{
		"a photo":                  {"image/jpeg", jpegOf(t, 30, 20, segment(0xe1, "Exif\x00\x00", exifOf(binary.LittleEndian, 1))), 30, 20, jpeg.Decode},
		"a photo that is turned":   {"image/jpeg", jpegOf(t, 30, 20, segment(0xe0, "JFIF\x00", make([]byte, 9)), segment(0xe1, "Exif\x00\x00", exifOf(binary.BigEndian, 6))), 20, 30, jpeg.Decode},
		"XMP in a photo":           {"image/jpeg", jpegOf(t, 30, 20, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00", xmp()), segment(0xed, "Photoshop 3.0\x00", where)), 30, 20, jpeg.Decode},
		"a photo with a preview":   {"image/jpeg", append(append(jpegOf(t, 30, 20), 0, 0), preview...), 30, 20, jpeg.Decode},
		"a photo that moves":       {"image/jpeg", append(jpegOf(t, 30, 20), where...), 30, 20, jpeg.Decode},
		"a screenshot":             {"image/png", pngOf(t, 30, 20, chunk("eXIf", exifOf(binary.BigEndian, 1))), 30, 20, png.Decode},
		"XMP in a screenshot":      {"image/png", pngOf(t, 30, 20, chunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp()...)), chunk("zTXt", append([]byte("Raw profile type exif\x00\x00"), where...))), 30, 20, png.Decode},
		"what was cut off one":     {"image/png", append(pngOf(t, 30, 20), where...), 30, 20, png.Decode},
		"a picture of the web":     {"image/webp", riff(vp8x, webpChunkOf("VP8L", []byte{0x2f, 0, 0, 0, 0}), webpChunkOf("EXIF", exifOf(binary.LittleEndian, 8)), webpChunkOf("XMP ", xmp())), 20, 30, nil},
		"one of the web, in VP8":   {"image/webp", riff(webpChunkOf("VP8 ", []byte{0, 0, 0, 0x9d, 1, 0x2a, 30, 0, 20, 0, 0}), webpChunkOf("EXIF", append([]byte("Exif\x00\x00"), exifOf(binary.LittleEndian, 1)...))), 30, 20, nil},
		"one of the web, in VP8L":  {"image/webp", riff(webpChunkOf("VP8L", binary.LittleEndian.AppendUint32([]byte{0x2f}, 29|19<<14))), 30, 20, nil},
		"a moving one":             {"image/gif", g.Bytes(), 30, 20, gif.Decode},
		"a bitmap":                 {"image/bmp", b.Bytes(), 30, 20, bmp.Decode},
		"one in boxes":             {"image/avif", append(append(box, make([]byte, 2*window)...), xmp()...), 20, 30, nil},
		"a scan":                   {"image/tiff", append(append(make([]byte, window+5), exifOf(binary.LittleEndian, 1)...), xmp()...), 0, 0, nil},
		"a film, as it is":         {"video/mp4", make([]byte, 300), 0, 0, nil},
		"half a photo":             {"image/jpeg", jpegOf(t, 30, 20, segment(0xe1, "Exif\x00\x00", exifOf(binary.LittleEndian, 1)))[:60], 0, 0, nil},
		"what pretends to be one":  {"image/jpeg", []byte("\xff\xd8\xff"), 0, 0, nil},
		"what pretends to be PNG":  {"image/png", []byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR"), 0, 0, nil},
		"what pretends to be WebP": {"image/webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8X\xff\xff\xff\xff"), 0, 0, nil},
	} {
		for how, pieces := range map[string]func(io.Reader) io.Reader{"at once": whole, "byte by byte": iotest.OneByteReader} {
			out, s, err := scrubbedOf(c.data, c.mediaType, pieces)
			if width, height := s.size(); err != nil || len(out) != len(c.data) || width != c.width || height != c.height {
				t.Errorf("%s %s: %d of %d bytes, %d × %d, not %d × %d, %v", name, how, len(out), len(c.data), width, height, c.width, c.height, err)
			}
			if bytes.Contains(out, where[:8]) {
				t.Errorf("%s %s still tells the place", name, how)
			}
			if c.decode != nil {
				before, err := c.decode(bytes.NewReader(c.data))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if after, err := c.decode(bytes.NewReader(out)); err != nil || before.Bounds() != after.Bounds() {
					t.Errorf("%s %s can't be shown any more: %v", name, how, err)
				}
			}
		}
	}
}

func TestATurnedPhotoStaysTurned(t *testing.T) {
	out, s, err := scrubbedOf(jpegOf(t, 30, 20, segment(0xe1, "Exif\x00\x00", exifOf(binary.LittleEndian, 6))), "image/jpeg", whole)
	if err != nil || s.orientation != 6 || scrubTIFF(out[12:]) != 6 {
		t.Errorf("%d, %v", s.orientation, err)
	}
}

// A picture that would take some hundred megabytes to show is refused by its header: what follows
// is not read.
func TestAPictureOfTooManyPixelsIsRefusedByItsHeader(t *testing.T) {
	photo := jpegOf(t, 30, 20)
	at := bytes.Index(photo, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(photo[at+5:], 6400)
	binary.BigEndian.PutUint16(photo[at+7:], 6400)
	shot := pngOf(t, 30, 20)
	binary.BigEndian.PutUint32(shot[16:], 1<<31-1)
	binary.BigEndian.PutUint32(shot[20:], 1<<31-1)
	for mediaType, data := range map[string][]byte{
		"image/jpeg": photo, "image/png": shot, "image/gif": []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"),
		"image/webp": riff(webpChunkOf("VP8X", []byte{0, 0, 0, 0, 0xff, 0xff, 0, 0xff, 0xff, 0})),
		"image/avif": []byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\xff\xff"),
		"image/bmp":  append(append([]byte("BM"), make([]byte, 16)...), 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0)[:26],
	} {
		if mediaType == "image/bmp" {
			binary.LittleEndian.PutUint32(data[18:], 1<<20)
			binary.LittleEndian.PutUint32(data[22:], 1<<20)
		}
		read := &counting{Reader: io.MultiReader(bytes.NewReader(data), endless{})}
		s := scrub(bufio.NewReaderSize(read, window), mediaType)
		if _, err := io.Copy(io.Discard, s); !errors.Is(err, errTooManyPixels) || read.n > 2*window {
			t.Errorf("%s: %v after %d bytes", mediaType, err, read.n)
		}
	}
}

// endless has zeros without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counting struct {
	io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func FuzzScrub(f *testing.F) {
	types := []string{"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/avif", "image/tiff", "application/pdf"}
	for i := range types {
		f.Add(byte(i), exifOf(binary.LittleEndian, 6))
		f.Add(byte(i), append([]byte("\xff\xd8"), segment(0xe1, "Exif\x00\x00", exifOf(binary.BigEndian, 6))...))
		f.Add(byte(i), append([]byte("\x89PNG\r\n\x1a\n"), chunk("eXIf", exifOf(binary.BigEndian, 3))...))
		f.Add(byte(i), riff(webpChunkOf("EXIF", exifOf(binary.LittleEndian, 1)), webpChunkOf("XMP ", xmp())))
	}
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		mediaType := types[int(which)%len(types)]
		out, _, err := scrubbedOf(data, mediaType, whole)
		if errors.Is(err, errTooManyPixels) {
			return
		}
		if err != nil || len(out) != len(data) {
			t.Fatalf("%s: %d of %d bytes, %v", mediaType, len(out), len(data), err)
		}
		slow, _, err := scrubbedOf(data, mediaType, iotest.OneByteReader)
		if err != nil || !bytes.Equal(slow, out) {
			t.Fatalf("%s: byte by byte it is another file, %v", mediaType, err)
		}
	})
}
