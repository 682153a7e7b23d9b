package knowledge

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// decode returns a file's text, or a sentence that says why it is none. Besides UTF-8 it
// knows UTF-16 with a byte order mark, and what an HTML page declares.
func decode(name string, data []byte) (text, fault string) {
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		decoded, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err == nil && len(data)%2 == 0 && bytes.IndexByte(decoded, 0) < 0 {
			return string(decoded), ""
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", "is a binary file: expected text in UTF-8"
	}
	if utf8.Valid(data) {
		return string(data), ""
	}
	if kindOf(name) == htmlFile {
		encoding, label, _ := charset.DetermineEncoding(data, "text/html")
		if declared := bytes.Contains(bytes.ToLower(data[:min(len(data), 1024)]), []byte("charset")); declared && label != "utf-8" {
			if decoded, err := encoding.NewDecoder().Bytes(data); err == nil && utf8.Valid(decoded) {
				return string(decoded), ""
			}
		}
	}
	return "", "is not valid UTF-8: expected text in UTF-8" + guessed(data)
}

// guessed names the encoding that a text probably has.
func guessed(data []byte) string {
	if strings.ContainsAny(string(bytes.ToValidUTF8(data, nil)), "\x01\x02\x03\x04") {
		return ""
	}
	return " (if it is in Windows-1252 or Latin-1, save it as UTF-8)"
}
