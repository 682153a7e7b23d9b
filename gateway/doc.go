// Package gateway is the door: it speaks WebSocket and HTTP with browsers, stores
// what visitors say, and shows every viewer a chat's events in order. It decides
// nothing about a chat; any replica serves any visitor.
package gateway
