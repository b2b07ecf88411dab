package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server and loses the replies to updates, not their effect. */
public final class ReplyDroppingProxy implements AutoCloseable {
  private static final int OPCODE_UPDATE = 5;

  private final LoopbackProxy proxy;
  private final AtomicInteger repliesToDrop = new AtomicInteger();
  private final Queue<Runnable> beforeUpdates = new ConcurrentLinkedQueue<>();

  public ReplyDroppingProxy(ServerAddress server) throws IOException {
    proxy = new LoopbackProxy(server, this::forward);
  }

  public ServerAddress address() {
    return proxy.address();
  }

  public void dropNextUpdateReply() {
    repliesToDrop.incrementAndGet();
  }

  /** Does something when the next update is on its way to the server. */
  public void beforeNextUpdate(Runnable action) {
    beforeUpdates.add(action);
  }

  private void forward(Socket client, Socket upstream) throws IOException {
    DataInputStream fromClient = new DataInputStream(client.getInputStream());
    DataInputStream fromServer = new DataInputStream(upstream.getInputStream());
    while (true) {
      byte[] request = fromClient.readNBytes(fromClient.readUnsignedShort());
      boolean update = ((request[2] >> 3) & 0xF) == OPCODE_UPDATE;
      Runnable before = update ? beforeUpdates.poll() : null;
      if (before != null) {
        before.run();
      }
      send(upstream, request);
      byte[] reply = fromServer.readNBytes(fromServer.readUnsignedShort());
      if (update && repliesToDrop.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        return;
      }
      send(client, reply);
    }
  }

  private static void send(Socket socket, byte[] message) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeShort(message.length);
    out.write(message);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
