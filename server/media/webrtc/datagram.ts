import type { Socket } from "node:dgram";

/** Sends without waiting. What the network refuses is lost, as what it loses is: without somebody to tell, the socket would end the process. */
export function sendDatagram(socket: Socket, bytes: Uint8Array, port: number, address: string): void {
  socket.send(bytes, port, address, lost);
}

function lost(): void {}
