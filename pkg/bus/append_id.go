package bus

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
)

// messageIDBytes is how much of a hash a message id keeps. Two of a chat's own ids meet once
// in 2^64 that somebody makes for that; to meet another one's takes 2^128.
const messageIDBytes = 16

// messageID is what the stream recognizes an event by that is sent again. It stands for the
// client's id together with the chat, the side that speaks and an agent's account, so nobody
// can occupy somebody else's ids. It is short, since NATS stores it, copies it to whoever
// hears of the event, and holds it in memory for DuplicateWindow: a quarter of what that
// takes. What it stands for is in the event and in its subject.
func messageID(e chat.Event) string {
	var buf [128]byte
	b := append(append(append(buf[:0], e.Chat...), '/'), e.From.Role...)
	b = append(strconv.AppendInt(append(b, '/'), int64(len(e.From.User)), 10), '/')
	b = append(append(b, e.From.User...), e.ID...)
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:messageIDBytes])
}
