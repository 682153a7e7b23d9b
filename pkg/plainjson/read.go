package plainjson

import (
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// Reader reads one JSON value. Its methods are called in the order of what is expected:
//
//	r.Open()
//	for r.Next() {
//		switch string(r.Key) {
//		case "text":
//			text = r.String()
//		default:
//			r.Fail()
//		}
//	}
//	if !r.Done() { … } // read it with encoding/json
//
// After something that is not plain every method returns a zero value, and Done false. What
// is read is then what encoding/json reads from the same bytes, also where a key comes twice.
type Reader struct {
	Key []byte // the current member's; a part of the data

	data   []byte
	at     int
	first  bool // the next member is the first of its object
	failed bool
}

// Read returns a Reader of data, which must not change while it is read.
func Read(data []byte) Reader { return Reader{data: data} }

// Fail says that something is not plain.
func (r *Reader) Fail() { r.failed = true }

// Done reports whether all of the data was read, and all of it was plain. White space may
// follow: many programs end what they write with a line feed.
func (r *Reader) Done() bool {
	for c := r.peek(); c == '\n' || c == ' ' || c == '\r' || c == '\t'; c = r.peek() {
		r.at++
	}
	return !r.failed && r.at == len(r.data)
}

// peek returns the next byte, or 0 at the end or after a failure.
func (r *Reader) peek() byte {
	if r.failed || r.at >= len(r.data) {
		return 0
	}
	return r.data[r.at]
}

func (r *Reader) expect(c byte) {
	if r.peek() != c {
		r.failed = true
		return
	}
	r.at++
}

// Open begins an object.
func (r *Reader) Open() {
	r.expect('{')
	r.first = true
}

// OpenList begins a list; More then leads through it.
func (r *Reader) OpenList() {
	r.expect('[')
	r.first = true
}

// More goes to the next element of the list, which must then be read, or ends the list.
func (r *Reader) More() bool { return r.another(']') }

// another goes to what follows in an object or list, or ends it.
func (r *Reader) another(end byte) bool {
	if r.peek() == end {
		r.at++
		r.first = false
		return false
	}
	if !r.first {
		r.expect(',')
	}
	r.first = false
	return !r.failed
}

// Next goes to the next member of the object and sets Key, or ends the object.
func (r *Reader) Next() bool {
	if !r.another('}') {
		return false
	}
	raw, escaped := r.quoted()
	r.expect(':')
	if escaped {
		r.failed = true
	}
	r.Key = raw
	return !r.failed
}

// quoted reads a string and returns what is between the quotes.
func (r *Reader) quoted() (raw []byte, escaped bool) {
	r.expect('"')
	if r.failed {
		return nil, false
	}
	ascii := true
	for i := r.at; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			raw, r.at = r.data[r.at:i], i+1
			if !ascii && !utf8.Valid(raw) {
				break
			}
			return raw, escaped
		case c == '\\':
			escaped = true
			i++ // what follows is not the end of the string
			continue
		case c >= utf8.RuneSelf:
			ascii = false
			continue
		case c >= ' ':
			continue
		}
		break
	}
	r.failed = true
	return nil, false
}

// Raw reads a string without escapes and returns a part of the data.
func (r *Reader) Raw() []byte {
	raw, escaped := r.quoted()
	if escaped {
		r.failed = true
		return nil
	}
	return raw
}

// String reads a string.
func (r *Reader) String() string {
	raw, escaped := r.quoted()
	if !escaped {
		return string(raw)
	}
	b, ok := unescape(raw)
	if !ok {
		r.failed = true
		return ""
	}
	return string(b)
}

// unescape returns the text of a string with escapes. It refuses half a surrogate pair.
func unescape(raw []byte) ([]byte, bool) {
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b = append(b, raw[i])
			continue
		}
		if i++; i >= len(raw) {
			return nil, false
		}
		switch raw[i] {
		case '"', '\\', '/':
			b = append(b, raw[i])
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			unit, ok := FourHex(raw[i+1:])
			i += 4
			if ok && utf16.IsSurrogate(unit) {
				low := rune(0)
				if ok = i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u'; ok {
					low, ok = FourHex(raw[i+3:])
				}
				unit = utf16.DecodeRune(unit, low)
				ok = ok && unit != utf8.RuneError
				i += 6
			}
			if !ok {
				return nil, false
			}
			b = utf8.AppendRune(b, unit)
		default:
			return nil, false
		}
	}
	return b, true
}

// FourHex reads the four hexadecimal digits of a \uXXXX, and returns false if they are none.
func FourHex(b []byte) (unit rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

// Uint reads a number without sign, fraction and exponent.
func (r *Reader) Uint() (n uint64) {
	start := r.at
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		if n > (math.MaxUint64-9)/10 {
			r.failed = true
			return 0
		}
		n = n*10 + uint64(c-'0')
		r.at++
	}
	if r.at == start || r.data[start] == '0' && r.at > start+1 {
		r.failed = true
		return 0
	}
	return n
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	word := "false"
	if r.peek() == 't' {
		word = "true"
	}
	if r.failed || len(r.data)-r.at < len(word) || string(r.data[r.at:r.at+len(word)]) != word {
		r.failed = true
		return false
	}
	r.at += len(word)
	return word == "true"
}
