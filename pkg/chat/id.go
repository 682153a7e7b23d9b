package chat

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
)

// Partitions is how many partitions the chats are spread over. The partition is part of
// every subject, so this never changes; the number of streams that share the
// partitions may.
const Partitions = 64

// idLength is the length of an ID in characters: 80 random bits.
const idLength = 16

const idBytes = idLength * 5 / 8

const idAlphabet = "abcdefghijklmnopqrstuvwxyz234567"

var idEncoding = base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding)

// ID names a chat: 16 characters of a-z2-7, safe as one token of a subject.
type ID string

// NewID returns a random ID that nobody can guess.
func NewID() ID {
	var b [idBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return ID(idEncoding.EncodeToString(b[:]))
}

// IDOf returns the ID that a keyed hash stands for: the same for the same hash. It
// takes 10 bytes of it, which nobody outside may be able to guess; the hash must not be
// shorter.
func IDOf(hash []byte) ID { return ID(idEncoding.EncodeToString(hash[:idBytes])) }

// ParseID accepts what NewID makes and nothing else, so an ID from outside can
// never contain a wildcard or a dot.
func ParseID(s string) (ID, error) {
	if len(s) != idLength || strings.Trim(s, idAlphabet) != "" {
		return "", fmt.Errorf("a chat id is %d characters of a-z and 2-7", idLength)
	}
	return ID(s), nil
}

// Partition returns the chat's partition, from 0 to Partitions-1:
// the 32-bit FNV-1a hash of the id, modulo Partitions.
func (id ID) Partition() int {
	h := uint32(2166136261) // by hand: each message asks, and hash/fnv allocates
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return int(h % Partitions)
}
