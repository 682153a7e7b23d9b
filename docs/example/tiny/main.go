// Command tiny talks to Parley in twenty lines: enough to see the protocol, not
// enough to lose nothing. That is in the folder above.
//
//	go run ./tiny ws://127.0.0.1:8080/ws Ada
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

func main() {
	ctx := context.Background()
	ws, _, err := websocket.Dial(ctx, os.Args[1], &websocket.DialOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil {
		log.Fatal(err)
	}
	say := func(frame map[string]any) { _ = wsjson.Write(ctx, ws, frame) }
	say(map[string]any{"t": "hello", "name": os.Args[2]})
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			say(map[string]any{"t": "send", "id": rand.Text(), "text": lines.Text()})
		}
	}()
	for {
		var f struct{ T, Text, Message string }
		if err := wsjson.Read(ctx, ws, &f); err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.T, f.Text, f.Message)
	}
}
