package frame

import (
	"bytes"

	"github.com/parley-chat/parley/pkg/plainjson"
)

// loneSurrogate reports whether the JSON text escapes half a surrogate pair:
// encoding/json would replace it silently, and the stored text would not be the
// text that was sent.
func loneSurrogate(data []byte) bool {
	for i := 0; ; {
		at := bytes.IndexByte(data[i:], '\\')
		if at < 0 || i+at+1 >= len(data) {
			return false
		}
		i += at
		unit, ok := escapedUnit(data[i:])
		switch {
		case !ok:
			i += 2
		case unit >= 0xD800 && unit < 0xDC00:
			low, ok := escapedUnit(data[i+6:])
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 12
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		default:
			i += 6
		}
	}
}

// escapedUnit reads a \uXXXX at the start of data.
func escapedUnit(data []byte) (unit rune, ok bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	return plainjson.FourHex(data[2:])
}
