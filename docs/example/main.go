// Command example is a whole visitor in a terminal. It sends each line that is
// typed and prints what is said, each once and in order, over lost connections
// and restarts of the server. docs/protocol.md explains the frames.
//
//	go run . ws://127.0.0.1:8080/ws Ada
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: example ws://host:port/ws NAME")
		os.Exit(2)
	}
	c := &client{hello: frame{T: "hello", Name: os.Args[2], Token: "claim:" + rand.Text()}}
	go func() {
		for wait := time.Duration(0); ; wait = time.Second {
			time.Sleep(wait)
			fmt.Println("connection ended:", c.talk(context.Background(), os.Args[1]))
		}
	}()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		c.say(lines.Text())
	}
}

// talk holds one connection until it ends.
func (c *client) talk(ctx context.Context, url string) error {
	ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil {
		return err
	}
	defer c.disconnected(ws)
	if err := wsjson.Write(ctx, ws, c.hello); err != nil {
		return err
	}
	for end, f := uint64(0), (frame{}); ; f = (frame{}) {
		if err := wsjson.Read(ctx, ws, &f); err != nil {
			return err
		}
		switch f.T {
		case "welcome":
			c.hello.Token, end = f.Token, f.Seq // keep the token; what follows was missed
		case "event":
			c.show(f)
			c.hello.Since = f.Seq
			c.confirmed(f.ID)
		case "ack":
			c.confirmed(f.ID)
		case "error":
			fmt.Println("error:", f.Message)
			if f.Retry > 0 { // not now: connect again, which sends again
				time.Sleep(time.Duration(f.Retry) * time.Millisecond)
				return nil
			}
			c.confirmed(f.ID) // never: a person has to change it
		}
		if c.hello.Since >= end && (f.T == "welcome" || f.T == "event") {
			c.caughtUp(ws)
		}
	}
}
