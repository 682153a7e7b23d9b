package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Hash is a SHA-256 as lower-case hexadecimal digits; empty before the first line.
type Hash string

// Line is an entry with its place in the chain.
type Line struct {
	// N counts the lines from 1.
	N uint64 `json:"n"`
	// Prev is the hash of the line before, After when that was written (the zero time before
	// the first line): so a log whose beginning has expired says since when it should have
	// been there.
	Prev  Hash      `json:"prev"`
	After time.Time `json:"after"`
	Entry
	Hash Hash `json:"hash"`
}

// Head is the end of a chain: all that the next line has to know.
type Head struct {
	N    uint64    `json:"n"`
	Hash Hash      `json:"hash"`
	At   time.Time `json:"at"`
}

// Head returns the end of a chain that ends with this line.
func (l Line) Head() Head { return Head{l.N, l.Hash, l.At} }

// Chain returns the lines of entries that follow a head, and the head that follows them. The
// entries have to be clean.
func Chain(h Head, entries []Entry) ([]Line, Head) {
	lines := make([]Line, 0, len(entries))
	for _, e := range entries {
		l := Line{N: h.N + 1, Prev: h.Hash, After: h.At, Entry: e}
		l.Hash = l.hash()
		lines, h = append(lines, l), l.Head()
	}
	return lines, h
}

// encoding names the way in which a line is written for its hash. Another way needs another
// name.
const encoding = "parley-audit-1"

// hash returns what the line's Hash has to be. Each field is preceded by its length, so no two
// lines are written alike.
func (l Line) hash() Hash {
	b := make([]byte, 0, 512)
	field := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) } //nolint:gosec // the bits, whatever they mean
	field(encoding)
	field(string(l.Prev))
	number(int64(l.N)) //nolint:gosec // the bits, whatever they mean
	number(millis(l.After))
	number(millis(l.At))
	for _, s := range []string{l.By, l.From, string(l.Act), string(l.Chat), l.Of, l.Detail} {
		field(s)
	}
	sum := sha256.Sum256(b)
	return Hash(hex.EncodeToString(sum[:]))
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Encode writes lines as they are stored and exported: one JSON object a line.
func Encode(lines []Line) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	for _, l := range lines {
		if err := out.Encode(l); err != nil {
			return nil, fmt.Errorf("encode line %d of the audit log: %w", l.N, err)
		}
	}
	return b.Bytes(), nil
}

// errNoLine says that something else stands where a line should.
var errNoLine = errors.New("this is no line of an audit log")

// Decode reads one line. It says nothing about whether the line is right.
func Decode(data []byte) (Line, error) {
	var l Line
	if err := json.Unmarshal(data, &l); err != nil {
		return Line{}, fmt.Errorf("%w: %w", errNoLine, err)
	}
	if l.N == 0 || l.Hash == "" {
		return Line{}, errNoLine
	}
	return l, nil
}

// DecodeAll reads what Encode has written. After an error it returns the lines up to there.
func DecodeAll(data []byte) ([]Line, error) {
	var lines []Line
	for text := range bytes.Lines(data) {
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		l, err := Decode(text)
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}
