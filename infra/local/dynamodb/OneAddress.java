import java.io.PrintStream;
import java.lang.reflect.Field;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local, in memory, on one address and on any free port. Its own main class listens on every address of the machine and wants
 * to be told a port, which may be taken by the time it starts.
 *
 * <p>Prints its URL, the only line on standard output, once it answers. Ends when standard input ends, so that it never outlives
 * whoever started it.
 */
public final class OneAddress {
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err); // DynamoDB Local's own words, which name a port that it will not take
    DynamoDBProxyServer local =
        ServerRunner.createServerFromCommandLineArgs(new String[] {"-inMemory", "-sharedDb", "-disableTelemetry"});
    ServerConnector connector = connector(local);
    connector.setHost(args[0]);
    connector.setPort(args.length > 1 ? Integer.parseInt(args[1]) : 0);
    local.start();
    out.println("http://" + args[0] + ":" + connector.getLocalPort());
    out.flush();
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  /** The server keeps its connector to itself, and no option of it reaches the address: hence the look inside. */
  private static ServerConnector connector(DynamoDBProxyServer local) throws ReflectiveOperationException {
    Field server = DynamoDBProxyServer.class.getDeclaredField("server");
    server.setAccessible(true);
    return (ServerConnector) ((Server) server.get(local)).getConnectors()[0];
  }
}
