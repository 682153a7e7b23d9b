package settings

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif" // formats that image.Decode reads
	"image/jpeg"
	"image/png"
	"strings"
)

// The bounds of a picture. Two of them, in base64, fit into one message of NATS as it is
// set by default (1 MB). The settings page makes pictures smaller by itself.
const (
	MaxPicture   = 200 << 10 // bytes, as it comes and as it is kept
	maxSide      = 512       // pixels
	jpegQuality  = 90
	pictureAbout = "Use a PNG, JPEG, WebP or GIF."
)

// Picture is a picture as it is kept and served: written anew here, so that it holds
// pixels and nothing else.
type Picture struct {
	Type string `json:"type"` // image/png or image/jpeg
	Data []byte `json:"data"`
	Hash string `json:"hash"` // of the data: names it in addresses
}

func (p *Picture) id() string {
	if p == nil {
		return ""
	}
	return p.Hash
}

// Address is where the gateway serves it; empty if there is none. Another picture has
// another address, so browsers may keep it for good.
func (p *Picture) Address(name string) string {
	if p == nil {
		return ""
	}
	return "/api/face/" + name + "?v=" + p.Hash
}

// ReadPicture decodes a picture and encodes it anew. The error is of the type Problems,
// under the given name.
func ReadPicture(name string, data []byte) (*Picture, error) {
	wrong := func(sentence string) (*Picture, error) { return nil, Problems{name: sentence} }
	if len(data) > MaxPicture {
		return wrong(fmt.Sprintf("This picture has %d KB; at most %d KB fit.", (len(data)+1023)>>10, MaxPicture>>10))
	}
	if isSVG(data) {
		return wrong("An SVG can hold scripts, so it can't be used here. " + pictureAbout)
	}
	// The size first: a few bytes can claim to be a picture that fills the memory.
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return wrong("This file is not a picture that can be read here. " + pictureAbout)
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width < 1 || size.Height < 1 {
		return wrong(fmt.Sprintf("This picture is %d × %d pixels; at most %d × %d fit.", size.Width, size.Height, maxSide, maxSide))
	}
	pixels, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return wrong("This picture is damaged: only a part of it can be read.")
	}
	var b bytes.Buffer
	kind := "image/png"
	if format == "jpeg" {
		kind, err = "image/jpeg", jpeg.Encode(&b, pixels, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&b, pixels)
	}
	if err != nil || b.Len() > MaxPicture {
		return wrong(fmt.Sprintf("This picture would have more than %d KB. Make it smaller, such as 256 × 256 pixels.", MaxPicture>>10))
	}
	sum := sha256.Sum256(b.Bytes())
	return &Picture{Type: kind, Data: b.Bytes(), Hash: hex.EncodeToString(sum[:8])}, nil
}

// isSVG reports whether a file is drawn in XML.
func isSVG(data []byte) bool {
	head := strings.ToLower(string(data[:min(len(data), 1024)]))
	return strings.Contains(head, "<svg") || strings.HasPrefix(strings.TrimLeft(head, "\ufeff \t\r\n"), "<?xml")
}
