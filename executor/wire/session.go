// Package wire sends statements down a connection and reads what comes back. It promises that all that is asked at
// once takes one round trip, that every transaction begins by saying what names and bytes mean, and that whoever ends
// the context waits no longer than a second.
//
// What the statements are about is for others to know.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package wire

import (
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// Request is something to send, and what is done with the answers to it: a [Query], or [PlanStatements].
type Request interface {
	// statements makes what is to be sent, one after the other, each when those before it are sent, while others read
	// the answers.
	statements(*pgtype.Map) iter.Seq2[statement, error]
	take(*receiver) error
}

// Session is a connection, and who is told how far things are.
type Session struct {
	Conn *pgx.Conn
	// Progress is called each time that something else is waited for; nil: nobody is told.
	Progress func(Progress)
}

// Tell tells how far things are, if there is someone to tell.
func (s Session) Tell(p Progress) {
	if s.Progress != nil {
		s.Progress(p)
	}
}

// Verifying tells of what is read that it is read for verifying.
func (s Session) Verifying() Session {
	if s.Progress == nil {
		return s
	}
	return Session{s.Conn, func(p Progress) {
		if p.Of == 0 {
			p.Doing = "verifying: " + p.Doing
		}
		s.Tell(p)
	}}
}
