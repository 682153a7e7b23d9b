package dump

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestANoteIsOpenedWithItsKey(t *testing.T) {
	secret := []byte(strings.Repeat("k", 32))
	block, err := aes.NewCipher(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(key.Seal(nil, nil, []byte("seems nice"), []byte("aaaaaaaaaaaaaaaa\nagent\nbo\nbo/n1")))
	if err != nil {
		t.Fatal(err)
	}
	note := `{"kind":"note","id":"bo/n1","from":{"role":"agent","user":"bo"},"sealed":{"key":"notes.x","text":` + string(text) + `}}`
	o := openerOf(t.Context(), nil)
	o.keys = func(name string) ([]byte, error) {
		if name != "notes.x" {
			return nil, errors.New("no such key")
		}
		return secret, nil
	}
	e, err := o.decode("note.3.aaaaaaaaaaaaaaaa", []byte(note), 1, time.Now())
	if err != nil || e.Text != "seems nice" || e.User != "bo" {
		t.Errorf("it reads %+v, %v", e, err)
	}
	for what, forged := range map[string]string{
		"another key":    strings.Replace(note, "notes.x", "notes.y", 1),
		"another author": strings.Replace(note, `"user":"bo"`, `"user":"cy"`, 1),
	} {
		if e, err := o.decode("note.3.aaaaaaaaaaaaaaaa", []byte(forged), 1, time.Now()); err == nil {
			t.Errorf("%s: it reads %+v", what, e)
		}
	}
}
