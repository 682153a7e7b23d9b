// Package audit says what is written down of what people do: every administrative act, and
// every look into a chat. It is pure: pkg/bus keeps the lines in the stream AUDIT.
//
// Each line is chained to the one before it: its hash is that of its own words and of the
// hash before. So a line that was changed, removed, inserted or put elsewhere breaks the
// chain where that was done, and Verify names the place. What a chain alone can't show is
// that its end was cut off: for that, whoever checks it needs to know an end that it once
// had. Parley knows three: the stream's last sequence, which never goes back, the Head that
// is kept in a bucket, and the ones that people have printed or exported.
//
// The hashes need no key. So they show what was done to the stream; they can't show that
// somebody who may do anything with NATS replaced all of it, the kept head included. Against
// that helps only an end that is kept elsewhere: export the audit log, or note its head.
package audit
