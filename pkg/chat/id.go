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

// idLength is how many characters of an ID are random: 80 bits.
const idLength = 16

const idBytes = idLength * 5 / 8

const idAlphabet = "abcdefghijklmnopqrstuvwxyz234567"

var idEncoding = base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding)

// ID names a chat: 16 random characters of a-z2-7, followed by the name of the region
// that is its home, if regions have names. It is safe as one token of a subject.
type ID string

// NewID returns a random ID that nobody can guess, of a chat whose home has no name.
func NewID() ID { return NewIDAt("") }

// NewIDAt is NewID for a chat whose home is that region.
func NewIDAt(home Region) ID {
	var b [idBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return IDOf(b[:], home)
}

// IDOf returns the ID that a keyed hash stands for at that home: the same for the same hash
// and home. It takes 10 bytes of the hash, which nobody outside may be able to guess; the
// hash must not be shorter.
func IDOf(hash []byte, home Region) ID {
	return ID(idEncoding.EncodeToString(hash[:idBytes])) + ID(home)
}

// ParseID accepts what NewIDAt makes and nothing else, so an ID from outside can
// never contain a wildcard or a dot. Whether there is such a region is not its concern.
func ParseID(s string) (ID, error) {
	if len(s) < idLength || strings.Trim(s, idAlphabet) != "" || len(s) > idLength && !fits(s[idLength:]) {
		return "", fmt.Errorf("a chat id is %d characters of a-z and 2-7, and the name of a region if there are several", idLength)
	}
	return ID(s), nil
}

// Home returns the region whose streams have the chat; empty for a chat from before regions
// had names. It is a part of the ID and costs nothing.
func (id ID) Home() Region {
	if len(id) <= idLength {
		return ""
	}
	return Region(id[idLength:])
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
