package bus

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestWhereADeliveryCameFromIsInItsSubjectOfAcknowledgments(t *testing.T) {
	const stored = 1700000000123456789
	for reply, want := range map[string]origin{
		"$JS.ACK.CHAT_0.bot.1.7.3.1700000000123456789.12":                     {stream: "CHAT_0", tries: 1, seq: 7},
		"$JS.ACK.hub.ACCOUNT.CHAT_1.bot.4.123456789.3.1700000000123456789.0":  {stream: "CHAT_1", tries: 4, seq: 123456789},
		"$JS.ACK._.ACCOUNT.CHAT_0.bot.4.7.3.1700000000123456789.0.more.words": {stream: "CHAT_0", tries: 4, seq: 7},
	} {
		from, err := originOf(&nats.Msg{Reply: reply})
		if err != nil || from.stream != want.stream || from.tries != want.tries || from.seq != want.seq || !from.stored.Equal(time.Unix(0, stored)) {
			t.Errorf("%s is %+v, %v", reply, from, err)
		}
	}
	for _, reply := range []string{
		"", "$JS.ACK.", "$JS.ACK.CHAT_0.bot.1.7.3.1700000000123456789", "$JS.ACK.CHAT_0.bot.1.7.3.17.12.13", "$JS.ACK.CHAT_0.bot.x.7.3.17.12",
		"$JS.ACK.CHAT_0.bot.1..3.17.12", "$JS.ACK.CHAT_0.bot.1.99999999999999999999.3.17.12", "_INBOX.$JS.ACK.CHAT_0.bot.1.7.3.17.12",
	} {
		if from, err := originOf(&nats.Msg{Reply: reply}); err == nil {
			t.Errorf("%q is %+v", reply, from)
		}
	}
}
