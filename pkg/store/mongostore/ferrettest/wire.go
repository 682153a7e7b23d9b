package ferrettest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/bson"
)

// The parts of a message: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const (
	headerSize = 16
	opMsg      = 2013
	maxMessage = 48 << 20
	checksum   = 1 // the flag of a message that ends with one
)

func readMessage(r io.Reader) ([]byte, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(header)
	if size < headerSize || size > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", size)
	}
	message := make([]byte, size)
	copy(message, header)
	_, err := io.ReadFull(r, message[headerSize:])
	return message, err
}

// command returns the name of the request's command: the first key of the
// document in an OP_MSG's first section. It is empty for other messages.
func command(message []byte) string {
	const key = headerSize + 4 + 1 + 4 + 1 // flags, section's kind, document's size, element's type
	if len(message) <= key || binary.LittleEndian.Uint32(message[12:]) != opMsg || message[headerSize+4] != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(message[key:], []byte{0})
	return string(name)
}

// Command is a request as it went over the wire.
type Command struct {
	Name string
	Body bson.Raw
	// Lists are what the request carries many of, by name: the documents of an insert,
	// the updates of an update.
	Lists map[string][]bson.Raw
}

// parse reads an OP_MSG: a document, and sequences of documents after or before it.
func parse(message []byte) (Command, error) {
	c := Command{Name: command(message), Lists: map[string][]bson.Raw{}}
	if c.Name == "" {
		return c, errors.New("not a command")
	}
	rest := message[headerSize+4:]
	if binary.LittleEndian.Uint32(message[headerSize:])&checksum != 0 {
		rest = rest[:len(rest)-4]
	}
	for len(rest) > 5 {
		kind, size := rest[0], int(binary.LittleEndian.Uint32(rest[1:]))
		if size < 5 || size > len(rest)-1 {
			return c, fmt.Errorf("%s: a section of %d bytes", c.Name, size)
		}
		section := rest[1 : 1+size]
		rest = rest[1+size:]
		if kind == 0 {
			c.Body = bson.Raw(section)
			continue
		}
		name, docs, _ := bytes.Cut(section[4:], []byte{0})
		for len(docs) >= 5 {
			n := int(binary.LittleEndian.Uint32(docs))
			if n < 5 || n > len(docs) {
				return c, fmt.Errorf("%s: a document of %d bytes", c.Name, n)
			}
			c.Lists[string(name)] = append(c.Lists[string(name)], bson.Raw(docs[:n]))
			docs = docs[n:]
		}
	}
	return c, nil
}
