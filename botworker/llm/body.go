package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
)

// maxLine bounds one line of a stream, in bytes.
const maxLine = 1 << 20

// body reads what an endpoint answers with: a stream of server-sent events, or JSON, one
// value or several. Which one it is shows in the first bytes, not in the Content-Type,
// since proxies change that. One goroutine uses it.
type body struct {
	lines  *bufio.Reader
	json   *json.Decoder // not nil: it is JSON
	queue  []json.RawMessage
	event  string // the name of the event that is being read
	half   []byte // lines of data that are no value yet
	begun  bool
	done   bool   // the line that ends a stream has come
	strays []byte // the beginning of what is neither of the two, for the log
}

func newBody(r io.Reader) *body {
	return &body{lines: bufio.NewReaderSize(&lineFeeds{Reader: r}, 8<<10)}
}

// lineFeeds makes every end of a line a line feed: CR LF, LF, or CR alone, which the format
// of events allows, too. JSON has none of them within a string.
type lineFeeds struct {
	io.Reader
	returned bool // the last byte was a CR
}

func (l *lineFeeds) Read(p []byte) (int, error) {
	for {
		n, err := l.Reader.Read(p)
		kept := 0
		for _, c := range p[:n] {
			after := l.returned
			l.returned = c == '\r'
			switch {
			case c == '\r':
				c = '\n'
			case c == '\n' && after:
				continue
			}
			p[kept] = c
			kept++
		}
		if kept > 0 || n == 0 || err != nil {
			return kept, err
		}
	}
}

// value is one JSON value of a body.
type value struct {
	json   json.RawMessage
	failed bool // it came as an event that is called "error"
}

// next returns the next value; io.EOF after the last one. Comments, empty lines and
// unknown fields are skipped.
func (b *body) next() (value, error) {
	for !b.done {
		if len(b.queue) > 0 {
			v := b.queue[0]
			b.queue = b.queue[1:]
			return value{json: v}, nil
		}
		if b.json != nil {
			if err := b.decode(); err != nil {
				return value{}, err
			}
			continue
		}
		if !b.begun {
			if err := b.begin(); err != nil {
				return value{}, err
			}
			continue
		}
		line, err := b.line()
		if len(line) == 0 && err != nil {
			if len(b.half) > 0 && errors.Is(err, io.EOF) {
				return value{}, errGarbled
			}
			return value{}, err
		}
		v, ok, err := b.take(line)
		if err != nil || ok {
			return v, err
		}
	}
	return value{}, io.EOF
}

// begin looks at the first byte that is not white space, after a byte order mark.
func (b *body) begin() error {
	if mark, _ := b.lines.Peek(3); bytes.Equal(mark, []byte("\uFEFF")) {
		_, _ = b.lines.Discard(3)
	}
	for {
		first, err := b.lines.Peek(1)
		if err != nil {
			return err
		}
		switch first[0] {
		case ' ', '\t', '\r', '\n':
			_, _ = b.lines.Discard(1)
			continue
		case '{', '[':
			b.json = json.NewDecoder(b.lines)
		}
		b.begun = true
		return nil
	}
}

// decode reads one more value of JSON. A list is taken as its elements.
func (b *body) decode() error {
	var v json.RawMessage
	if err := b.json.Decode(&v); err != nil {
		if _, syntax := errors.AsType[*json.SyntaxError](err); syntax {
			return errGarbled
		}
		return err
	}
	if v[0] != '[' {
		b.queue = append(b.queue, v)
		return nil
	}
	if json.Unmarshal(v, &b.queue) != nil {
		return errGarbled
	}
	return nil
}

// line reads one line, without its end. A last line may have none.
func (b *body) line() ([]byte, error) {
	var long []byte
	for {
		part, err := b.lines.ReadSlice('\n')
		if long == nil && err == nil {
			return bytes.TrimRight(part, "\r\n"), nil
		}
		long = append(long, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(long) <= maxLine:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, errTooLarge
		}
		return bytes.TrimRight(long, "\r\n"), err
	}
}

// take reads one line of a stream and reports whether it completes a value. A value may
// be spread over several lines of data; many servers forget the empty line between two.
func (b *body) take(line []byte) (value, bool, error) {
	name, field, found := bytes.Cut(line, []byte(":"))
	switch {
	case len(line) == 0:
		failed := b.event == "error"
		b.event = ""
		if len(b.half) > 0 {
			return b.mended(failed)
		}
		return value{}, false, nil
	case found && len(name) == 0: // a comment
		return value{}, false, nil
	case found && string(name) == "event":
		b.event = string(bytes.TrimSpace(field))
		return value{}, false, nil
	case line[0] == '{' && json.Valid(line): // an error in the middle of a stream (Ollama)
		return value{json: bytes.Clone(line), failed: b.event == "error"}, true, nil
	case !found || string(name) != "data":
		b.stray(line)
		return value{}, false, nil
	}
	field = bytes.TrimSpace(field)
	if len(b.half) == 0 {
		for bytes.HasPrefix(field, []byte("data:")) { // a proxy has wrapped the events once more
			field = bytes.TrimSpace(field[len("data:"):])
		}
		switch {
		case len(field) == 0:
			return value{}, false, nil
		case bytes.EqualFold(bytes.Trim(field, `"`), []byte("[DONE]")):
			b.done = true
			return value{}, false, nil
		case field[0] != '{' && field[0] != '[' && field[0] != '"': // "ping", "null"
			b.stray(field)
			return value{}, false, nil
		}
	}
	if len(b.half)+len(field) > maxLine {
		return value{}, false, errTooLarge
	}
	b.half = append(append(b.half, field...), '\n')
	if !json.Valid(b.half) {
		if bytes.Contains(b.half, []byte("}{")) && b.several(b.half) {
			b.half = nil
		}
		return value{}, false, nil
	}
	v := value{json: bytes.TrimSpace(b.half), failed: b.event == "error"}
	b.half = nil
	return v, true, nil
}

// stray keeps the beginning of what is no event, for the log.
func (b *body) stray(line []byte) {
	if room := 512 - len(b.strays); room > 0 {
		b.strays = append(append(b.strays, line[:min(len(line), room)]...), ' ')
	}
}

// several takes data that are several values, one after the other.
func (b *body) several(data []byte) bool {
	var values []json.RawMessage
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var v json.RawMessage
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			b.queue = append(b.queue, values...)
			return true
		}
		if err != nil {
			return false
		}
		values = append(values, v)
	}
}

// mended takes data that are no JSON only because of numbers that JSON does not have:
// Python writes NaN and Infinity, in probabilities that nobody reads here.
func (b *body) mended(failed bool) (value, bool, error) {
	data := noNumber.ReplaceAll(b.half, []byte("${1}null"))
	b.half = nil
	if !json.Valid(data) {
		return value{}, false, errGarbled
	}
	return value{json: bytes.TrimSpace(data), failed: failed}, true, nil
}

var noNumber = regexp.MustCompile(`([:\[,]\s*)-?(?:NaN|Infinity)\b`)
