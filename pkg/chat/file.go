package chat

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/pkg/plainjson"
)

// File describes a file that was sent with an event. Its bytes are kept elsewhere, under the
// chat and the id, and never change.
type File struct {
	// ID is the file's within its chat, as its sender drew it: see CheckFileID.
	ID string `json:"id"`
	// Name is what its sender calls it, on one line, without a path. It is for people only.
	Name string `json:"name"`
	// Type is its media type, by its content.
	Type string `json:"type"`
	// Size is in bytes, at least 1.
	Size int64 `json:"size"`
	// Hash is the SHA-256 of its bytes, in base64url without padding.
	Hash string `json:"hash"`
	// Width and Height are those of a picture as it is shown, in pixels; 0: it is none, or they are not known.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Thumb says that there is a small picture of it.
	Thumb bool `json:"thumb,omitempty"`
	// Alt says what is seen or heard, for who can't see or hear it, in its sender's words.
	Alt string `json:"alt,omitempty"`
}

// The bounds of files; lengths in characters (code points).
const (
	// MaxFiles is how many an event may have. A setting may allow fewer.
	MaxFiles    = 10
	MaxFileName = 120
	MaxAlt      = 500
	// FileIDLength is how long the id of a file is.
	FileIDLength = 22
)

// CheckFileID refuses what can't be the id of a file, which has 22 characters of base64url: 128
// random bits. The error is a *TextError.
func CheckFileID(id string) error {
	if len(id) != FileIDLength || strings.ContainsFunc(id, func(r rune) bool { return !isBase64URL(r) }) {
		return &TextError{Sentence: fmt.Sprintf("The id of a file is %d characters of base64url.", FileIDLength)}
	}
	return nil
}

func isBase64URL(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}

func checkFiles(files []File) error {
	if len(files) > MaxFiles {
		return fmt.Errorf("%d files, at most %d", len(files), MaxFiles)
	}
	for _, f := range files {
		switch {
		case CheckFileID(f.ID) != nil || f.Name == "" || f.Type == "" || f.Hash == "" || f.Size <= 0:
			return errors.New("a file that is not described")
		case longer(f.Name, MaxFileName) || longer(f.Alt, MaxAlt):
			return errors.New("a file whose description is too long")
		}
	}
	return nil
}

// bytes is about how many bytes the description takes in memory.
func (f *File) bytes() int {
	return 144 + len(f.ID) + len(f.Name) + len(f.Type) + len(f.Hash) + len(f.Alt)
}

// appendFiles appends the list as a member of a JSON object that has members before it, in the
// bytes of encoding/json; nothing for no files. They are read with encoding/json: a message with
// a file is rare, and has taken its sender's line for longer.
func appendFiles(b []byte, files []File) []byte {
	for i := range files {
		f := &files[i]
		b = plainjson.AppendString(append(append(b, separator(i, `,"files":[`)...), `{"id":`...), f.ID)
		b = plainjson.AppendString(append(b, `,"name":`...), f.Name)
		b = plainjson.AppendString(append(b, `,"type":`...), f.Type)
		b = strconv.AppendInt(append(b, `,"size":`...), f.Size, 10)
		b = plainjson.AppendString(append(b, `,"hash":`...), f.Hash)
		if f.Width != 0 {
			b = strconv.AppendInt(append(b, `,"width":`...), int64(f.Width), 10)
		}
		if f.Height != 0 {
			b = strconv.AppendInt(append(b, `,"height":`...), int64(f.Height), 10)
		}
		if f.Thumb {
			b = append(b, `,"thumb":true`...)
		}
		b = append(plainjson.AppendMember(b, `,"alt":`, f.Alt), '}')
	}
	if len(files) > 0 {
		b = append(b, ']')
	}
	return b
}
