// Socket.IO as its own documentation sets it up for speed: WebSocket only, no compression, rooms, and an
// acknowledgement per message. It knows nobody, checks nothing and stores nothing.
//
//     node server.mjs <port>      listens on 127.0.0.1 until killed

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const port = Number(process.argv[2]);
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
});
let lastId = 0;

io.on('connection', (socket) => {
  const { rooms = [] } = socket.handshake.auth;
  socket.join(rooms);
  socket.on('send', ({ room, content }, ack) => {
    const id = ++lastId;
    io.to(room).emit('message', { id, room, sender: socket.id, content, at: Date.now() });
    ack({ id });
  });
});

http.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => console.log('listening'));
