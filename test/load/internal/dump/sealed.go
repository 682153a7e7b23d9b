package dump

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// sealed is the text of a note as its stream keeps it (docs/decisions/0018 of
// Parley): AES-256-GCM, the nonce before the text, with a key of the bucket "keys".
type sealed struct {
	Key  string `json:"key"`
	Text []byte `json:"text"`
}

// opener opens the texts of notes. keys returns a key by its name.
type opener struct {
	keys  func(name string) ([]byte, error)
	known map[string]cipher.AEAD
}

func openerOf(ctx context.Context, js jetstream.JetStream) *opener {
	return &opener{known: map[string]cipher.AEAD{}, keys: func(name string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		kv, err := js.KeyValue(ctx, "keys")
		if err != nil {
			return nil, err
		}
		entry, err := kv.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		var key struct{ Key []byte }
		err = json.Unmarshal(entry.Value(), &key)
		return key.Key, err
	}}
}

// open returns the text of a note, which is bound to its chat, author and id.
func (o *opener) open(chat string, e stored) (string, error) {
	key := o.known[e.Sealed.Key]
	if key == nil {
		secret, err := o.keys(e.Sealed.Key)
		if err != nil {
			return "", fmt.Errorf("read the key %s: %w", e.Sealed.Key, err)
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return "", err
		}
		if key, err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return "", err
		}
		o.known[e.Sealed.Key] = key
	}
	text, err := key.Open(nil, nil, e.Sealed.Text, []byte(strings.Join([]string{chat, e.From.Role, e.From.User, e.ID}, "\n")))
	return string(text), err
}
