package files

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// sniffed is how many bytes of a file tell its kind: as many as mimetype reads.
const sniffed = 3072

// allows reports whether a media type is among the kinds.
func allows(kinds []string, mediaType string) bool {
	for _, kind := range kinds {
		if begin, any := strings.CutSuffix(kind, "*"); kind == mediaType || any && strings.HasPrefix(mediaType, begin) {
			return true
		}
	}
	return false
}

// typeOf tells a file's media type by its first bytes, and the extension that belongs to it.
func typeOf(head []byte) (mediaType, extension string) {
	m := mimetype.Detect(head)
	mediaType, _, _ = strings.Cut(m.String(), ";") // without the charset, which is a guess
	return strings.ToLower(strings.TrimSpace(mediaType)), m.Extension()
}

// inline are the media types that a browser shows by itself, and that can hold no script. All
// else is saved.
var inline = map[string]bool{
	"image/png": true, "image/vnd.mozilla.apng": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/avif": true,
	"audio/mpeg": true, "audio/ogg": true, "audio/wav": true, "audio/aac": true, "audio/flac": true, "audio/mp4": true, "audio/x-m4a": true, "audio/webm": true,
	"video/mp4": true, "video/webm": true, "video/ogg": true, "video/quicktime": true,
}

// servedAs is the Content-Type of a file that is shown, where browsers know the media type by
// another name.
func servedAs(mediaType string) string {
	switch mediaType {
	case "image/vnd.mozilla.apng":
		return "image/apng"
	case "audio/x-m4a":
		return "audio/mp4"
	}
	return mediaType
}
