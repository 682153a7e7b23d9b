package main

import (
	"bytes"
	"errors"
	"strconv"
)

// heard has what the bench needs of a frame. Its bytes are valid until the frame's are
// reused.
type heard struct {
	t, kind, id, code, message []byte
	seq, through, retry        uint64
}

var errNoFrame = errors.New("what came is no frame")

// read takes the fields out of a frame, at its top level only, without decoding the rest:
// the bench shares its machine with what it measures.
func (h *heard) read(data []byte) error {
	*h = heard{}
	i := space(data, 0)
	if i >= len(data) || data[i] != '{' {
		return errNoFrame
	}
	for i++; ; i++ {
		i = space(data, i)
		if i < len(data) && data[i] == '}' {
			return nil
		}
		end := value(data, i)
		if end < 0 || data[i] != '"' {
			return errNoFrame
		}
		key := data[i+1 : end-1]
		i = space(data, end)
		if i >= len(data) || data[i] != ':' {
			return errNoFrame
		}
		i = space(data, i+1)
		if end = value(data, i); end < 0 {
			return errNoFrame
		}
		h.set(key, data[i:end])
		i = space(data, end)
		if i >= len(data) || data[i] != ',' && data[i] != '}' {
			return errNoFrame
		}
		if data[i] == '}' {
			return nil
		}
	}
}

func (h *heard) set(key, val []byte) {
	text := bytes.Trim(val, `"`)
	switch string(key) {
	case "t":
		h.t = text
	case "kind":
		h.kind = text
	case "id":
		h.id = text
	case "code":
		h.code = text
	case "message":
		h.message = text
	case "seq":
		h.seq, _ = strconv.ParseUint(string(val), 10, 64)
	case "through":
		h.through, _ = strconv.ParseUint(string(val), 10, 64)
	case "retry_after_ms":
		h.retry, _ = strconv.ParseUint(string(val), 10, 64)
	}
}

func space(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// value returns where the value that begins at i ends; -1 if it doesn't.
func value(data []byte, i int) int {
	depth := 0
	for ; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if i >= len(data) {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
