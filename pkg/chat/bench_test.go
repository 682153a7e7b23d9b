package chat_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// BenchmarkCleanText is what the gateway and the bot do with each text.
func BenchmarkCleanText(b *testing.B) {
	for _, of := range []struct{ name, text string }{
		{"plain", strings.Repeat("Where is my parcel? ", 10)},
		{"accents", strings.Repeat("Où est mon colis, s’il vous plaît ? ", 10)},
		{"pasted", strings.Repeat("Where is\r\nmy\u00ad parcel?\ufeff ", 10)},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := chat.CleanText(of.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
