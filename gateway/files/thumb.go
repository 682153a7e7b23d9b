package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/parley-chat/parley/pkg/bus"
)

const (
	// thumbSide is how long the longer side of a small picture is, in pixels.
	thumbSide = 480
	// thumbFrom is from how many bytes on a picture gets a small one: less is loaded at once.
	thumbFrom = 64 << 10
	// thumbMemory is how much memory decoding a picture may take. One that would take more is
	// shown as it is.
	thumbMemory = 64 << 20
	thumbTurn   = 5 * time.Second // how long a picture waits for its turn
	thumbTime   = 10 * time.Second
	thumbGrade  = 80 // of JPEG
)

// thumbnail makes a small picture of a picture, and reports whether there is one. It fails without
// harm: then the picture is shown as it is.
func (f *Files) thumbnail(ctx context.Context, q *asked, o bus.FileObject, p picture) bool {
	if !isPicture(o.Type) || o.Width == 0 || o.Size < thumbFrom && max(o.Width, o.Height) <= 2*thumbSide {
		return false
	}
	made, err := f.makeThumb(ctx, q, o, p)
	if err != nil {
		f.failed.Line("thumb", f.opts.Log.Debug()).Err(err).Str("type", o.Type).Msg("no small picture was made")
	}
	f.opts.Metrics.Thumb(made)
	return made
}

func (f *Files) makeThumb(ctx context.Context, q *asked, o bus.FileObject, p picture) (made bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, thumbTurn+thumbTime)
	defer cancel()
	turn := time.NewTimer(thumbTurn)
	defer turn.Stop()
	select {
	case f.thumbs <- struct{}{}:
		defer func() { <-f.thumbs }()
	case <-turn.C:
		return false, errors.New("too many pictures are being sent")
	case <-ctx.Done():
		return false, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	small, mediaType, err := shrink(q.files.Read(ctx, o), o.Type, p)
	if err != nil {
		return false, err
	}
	thumb := bus.FileObject{FileKey: o.FileKey, Internal: o.Internal, Name: o.Name, Type: mediaType, Checked: true, Of: o.Hash}
	thumb.Thumb = true
	_, err = q.files.Put(ctx, thumb, bytes.NewReader(small))
	if errors.Is(err, bus.ErrConflict) { // of another file, or of another version
		if err = q.files.Delete(ctx, thumb.FileKey); err == nil {
			_, err = q.files.Put(ctx, thumb, bytes.NewReader(small))
		}
	}
	if err != nil {
		return false, fmt.Errorf("store a small picture: %w", err)
	}
	return true, nil
}

// shrink returns a small picture of one that is read, turned as it says that it is shown. A decoder
// that panics has failed.
func shrink(from io.Reader, mediaType string, p picture) (small []byte, smallType string, err error) {
	defer func() {
		if p := recover(); p != nil {
			small, err = nil, fmt.Errorf("a decoder panicked: %v", p)
		}
	}()
	decode, ok := decoders[mediaType]
	if !ok {
		return nil, "", errors.New("nothing decodes " + mediaType)
	}
	if p.pixels*p.perPixel > thumbMemory {
		return nil, "", errors.New("decoding it takes too much memory")
	}
	big, err := decode(from)
	if err != nil {
		return nil, "", fmt.Errorf("decode a picture: %w", err)
	}
	return encode(turned(scaled(big), p.turn()))
}

var decoders = map[string]func(io.Reader) (image.Image, error){
	"image/jpeg": jpeg.Decode, "image/png": png.Decode, "image/vnd.mozilla.apng": png.Decode, "image/gif": gif.Decode, "image/webp": webp.Decode,
}

// scaled is a picture whose longer side has thumbSide pixels, or fewer. What is far larger is made
// smaller roughly at first, or the better way would take as much memory again.
func scaled(big image.Image) *image.NRGBA {
	if side := max(big.Bounds().Dx(), big.Bounds().Dy()); side > 4*thumbSide {
		big = scaledTo(4*thumbSide, draw.ApproxBiLinear, big)
	}
	return scaledTo(thumbSide, draw.BiLinear, big)
}

func scaledTo(most int, by draw.Scaler, big image.Image) *image.NRGBA {
	bounds := big.Bounds()
	w, h := bounds.Dx(), bounds.Dy()
	if side := max(w, h); side > most {
		w, h = max(1, w*most/side), max(1, h*most/side)
	}
	small := image.NewNRGBA(image.Rect(0, 0, w, h))
	by.Scale(small, small.Bounds(), big, bounds, draw.Src, nil)
	return small
}

// turned returns a picture as the orientation of EXIF says that it is shown.
func turned(p *image.NRGBA, orientation int) *image.NRGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			to.SetNRGBA(tx, ty, p.NRGBAAt(x, y))
		}
	}
	return to
}

// encode writes a small picture: as PNG if something shines through it, else as JPEG.
func encode(p *image.NRGBA) (small []byte, mediaType string, err error) {
	var b bytes.Buffer
	if p.Opaque() {
		err = jpeg.Encode(&b, p, &jpeg.Options{Quality: thumbGrade})
		return b.Bytes(), "image/jpeg", err
	}
	err = png.Encode(&b, p)
	return b.Bytes(), "image/png", err
}
