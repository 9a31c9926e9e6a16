import { once } from "node:events";
import { UdpTransport } from "werift";

/**
 * Werift looks whether a port is free, lets go of it, and binds it then, where nobody hears of a failure: another program that
 * takes the port in between would end this process. From here on it binds at once, and a failure is its promise's.
 *
 * Of a range of ports the first is taken: the pool chooses.
 */
export function bindAtOnce(): void {
  UdpTransport.init = async (type, { port = 0, portRange, interfaceAddresses } = {}) => {
    const transport: UdpTransport = Reflect.construct(UdpTransport, [type, {}]);
    const { socket } = transport;
    const listening = once(socket, "listening");
    socket.bind({ port: portRange?.[0] ?? port, address: interfaceAddresses?.[type] });
    try {
      await listening;
    } catch (error) {
      socket.close();
      throw error;
    }
    return transport;
  };
}
