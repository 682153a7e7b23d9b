package files

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"testing"
)

// marked is a picture whose upper left corner is white, and all else black or, if it lets
// something shine through, nothing.
func marked(width, height int, rest color.Color) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.Set(x, y, rest)
			if x < width/4 && y < height/4 {
				p.Set(x, y, color.White)
			}
		}
	}
	return p
}

func TestASmallPictureIsTurnedAsItsPhotoIsShown(t *testing.T) {
	t.Parallel()
	var big bytes.Buffer
	if err := jpeg.Encode(&big, marked(1200, 600, color.Black), nil); err != nil {
		t.Fatal(err)
	}
	// Where the corner is that is stored as the upper left one.
	for orientation, c := range map[int]struct {
		width, height int
		right, below  bool
	}{
		0: {480, 240, false, false}, 1: {480, 240, false, false}, 2: {480, 240, true, false}, 3: {480, 240, true, true}, 4: {480, 240, false, true},
		5: {240, 480, false, false}, 6: {240, 480, true, false}, 7: {240, 480, true, true}, 8: {240, 480, false, true},
	} {
		small, mediaType, err := shrink(bytes.NewReader(big.Bytes()), "image/jpeg", picture{width: 1200, height: 600, orientation: orientation, turns: true, pixels: 1200 * 600, perPixel: 3})
		if err != nil || mediaType != "image/jpeg" || len(small) > 40_000 {
			t.Fatalf("%d: %d bytes of %s, %v", orientation, len(small), mediaType, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(small))
		if err != nil || img.Bounds().Dx() != c.width || img.Bounds().Dy() != c.height {
			t.Fatalf("%d: %v, %v", orientation, img.Bounds(), err)
		}
		for _, right := range []bool{false, true} {
			for _, below := range []bool{false, true} {
				x, y := 10, 10
				if right {
					x = c.width - 10
				}
				if below {
					y = c.height - 10
				}
				r, _, _, _ := img.At(x, y).RGBA()
				if white := r > 0x8000; white != (right == c.right && below == c.below) {
					t.Errorf("orientation %d: at %d, %d it is white: %v", orientation, x, y, white)
				}
			}
		}
	}
}

func TestASmallPictureLetsThroughWhatTheLargeOneDoes(t *testing.T) {
	t.Parallel()
	var big bytes.Buffer
	if err := png.Encode(&big, marked(600, 3000, color.Transparent)); err != nil {
		t.Fatal(err)
	}
	small, mediaType, err := shrink(&big, "image/png", picture{pixels: 1, perPixel: 4})
	if err != nil || mediaType != "image/png" {
		t.Fatalf("%s, %v", mediaType, err)
	}
	img, err := png.Decode(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := img.At(90, 470).RGBA(); img.Bounds().Dy() != 480 || a != 0 {
		t.Errorf("%v, alpha %d", img.Bounds(), a)
	}
}

// A picture of the web, of one pixel, made by another program.
var pixel, _ = base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")

func TestWhatCanNotBeMadeSmallIsShownAsItIs(t *testing.T) {
	t.Parallel()
	if _, _, err := shrink(bytes.NewReader(pixel), "image/webp", picture{pixels: 1, perPixel: 4}); err != nil {
		t.Errorf("a picture of the web: %v", err)
	}
	for name, c := range map[string]struct {
		mediaType string
		from      io.Reader
		p         picture
	}{
		"nothing decodes it":      {"image/avif", bytes.NewReader(pixel), picture{pixels: 1, perPixel: 1}},
		"it is no picture":        {"image/png", bytes.NewReader(pixel), picture{pixels: 1, perPixel: 1}},
		"it takes too much":       {"image/webp", bytes.NewReader(pixel), picture{pixels: 5_000_000, perPixel: 15}},
		"its decoder panics":      {"image/jpeg", panicking{}, picture{pixels: 1, perPixel: 1}},
		"its file is cut at once": {"image/gif", bytes.NewReader(nil), picture{pixels: 1, perPixel: 1}},
	} {
		if small, _, err := shrink(c.from, c.mediaType, c.p); err == nil || small != nil {
			t.Errorf("%s: %d bytes, %v", name, len(small), err)
		}
	}
}

// panicking stands for a decoder with a fault.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a fault") }

func FuzzSmallPictures(f *testing.F) {
	types := []string{"image/jpeg", "image/png", "image/gif", "image/webp"}
	for i := range types {
		f.Add(byte(i), pixel)
	}
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		mediaType := types[int(which)%len(types)]
		_, s, err := scrubbedOf(data, mediaType, whole)
		if err != nil || s.pixels == 0 || s.pixels > 1<<20 {
			return
		}
		if small, _, err := shrink(bytes.NewReader(data), mediaType, s.picture); err == nil && len(small) == 0 {
			t.Errorf("%s: a small picture without a byte", mediaType)
		}
	})
}
