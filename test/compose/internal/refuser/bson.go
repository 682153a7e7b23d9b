package refuser

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// document is a BSON document that grows field by field.
type document struct{ fields []byte }

func (d *document) field(kind byte, name string, value []byte) {
	d.fields = append(d.fields, kind)
	d.fields = append(append(d.fields, name...), 0)
	d.fields = append(d.fields, value...)
}

func (d *document) boolean(name string, v bool) {
	value := []byte{0}
	if v {
		value[0] = 1
	}
	d.field(0x08, name, value)
}

func (d *document) int32(name string, v uint32) {
	d.field(0x10, name, binary.LittleEndian.AppendUint32(nil, v))
}

func (d *document) double(name string, v float64) {
	d.field(0x01, name, binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
}

func (d *document) text(name, v string) {
	value := binary.LittleEndian.AppendUint32(nil, uint32(len(v)+1))
	d.field(0x02, name, append(append(value, v...), 0))
}

func (d *document) refusal(code uint32, name, sentence string) {
	d.double("ok", 0)
	d.text("errmsg", sentence)
	d.int32("code", code)
	d.text("codeName", name)
}

func (d *document) bytes() []byte {
	all := binary.LittleEndian.AppendUint32(nil, uint32(len(d.fields)+5))
	return append(append(all, d.fields...), 0)
}

// message is the answer to a request of that kind and id.
func message(op, to uint32, d document) []byte {
	var body []byte
	kind := uint32(opMsg)
	if op == opQuery {
		kind = opReply
		body = append(body, make([]byte, 16)...) // flags, cursor, first document
		body = binary.LittleEndian.AppendUint32(body, 1)
	} else {
		body = append(body, make([]byte, 5)...) // flags, and a section of one document
	}
	body = append(body, d.bytes()...)
	head := binary.LittleEndian.AppendUint32(nil, uint32(headerBytes+len(body)))
	for _, n := range []uint32{to + 1, to, kind} {
		head = binary.LittleEndian.AppendUint32(head, n)
	}
	return append(head, body...)
}

// commandOf returns the name of a request's command: the first field of its document.
func commandOf(op uint32, body []byte) (string, error) {
	none := errors.New("that is no command")
	switch op {
	case opQuery: // flags, the collection's name, two numbers
		if len(body) < 4 {
			return "", none
		}
		_, rest, ok := bytes.Cut(body[4:], []byte{0})
		if !ok || len(rest) < 8 {
			return "", none
		}
		body = rest[8:]
	case opMsg: // flags, the kind of the first section
		if len(body) < 5 || body[4] != 0 {
			return "", none
		}
		body = body[5:]
	default:
		return "", none
	}
	if len(body) < 5 { // the length of the document, the kind of its first field
		return "", none
	}
	name, _, ok := bytes.Cut(body[5:], []byte{0})
	if !ok {
		return "", none
	}
	return string(name), nil
}
